// @ts-check
/**
 * 认证到 beside a meeting and on the walk: `[data-check-in]` with `data-opens` and `data-closes` (moments) tells in
 * `[data-window]` how long a window is open still, in the words of its `data-before`, `-open`, `-over` and `-made`.
 * Where it has no words for "before" (on the walk) it shows only while open. `[data-measure]` compares the phone's
 * position with `data-filed`; the position stays on the phone.
 */

import { say } from "./texts.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const EARTH_KM = 6371;

const boxes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-check-in]"));
for (const box of boxes) {
  const button = /** @type {HTMLButtonElement | null} */ (box.querySelector("[data-measure]"));
  if (button && "geolocation" in navigator) {
    button.hidden = false;
    button.addEventListener("click", () => measure(box));
  }
  box.addEventListener("change", () => show(box));
  show(box);
}
setInterval(() => boxes.forEach(show), MINUTE / 2);

/** @param {HTMLElement} box */
function show(box) {
  const line = /** @type {HTMLElement} */ (box.querySelector("[data-window]"));
  const opens = Date.parse(box.dataset.opens ?? "");
  const closes = Date.parse(box.dataset.closes ?? "");
  const ticked = /** @type {HTMLInputElement | null} */ (box.querySelector('[data-tick="check-in"]'));
  const now = Date.now();
  const state = ticked?.checked ? "made" : now < opens ? "before" : now <= closes ? "open" : "over";
  // Of an audit that lies behind, nobody has to explain anything any more today.
  const isPast = now > closes + DAY;
  const minutes = Math.max(0, Math.ceil(((state === "before" ? opens : closes) - now) / MINUTE));
  if (line.dataset.before === undefined) box.hidden = state !== "open";
  line.textContent = (line.dataset[state] ?? "").replace("{left}", inWords(minutes));
  const note = line.closest(".note");
  if (note instanceof HTMLElement) note.dataset.k = { made: "ok", before: "na", open: "wait", over: isPast ? "na" : "nc" }[state];
  const draft = /** @type {HTMLDetailsElement | null} */ (box.querySelector("[data-explanation]"));
  if (draft && state === "over" && !isPast) draft.open = true;
}

/** Hours and minutes with their units: as clocks have them, they read as a time of day. @param {number} minutes */
function inWords(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours && say("hours.n", { n: hours }), (rest || !hours) && say("minutes.n", { n: rest })];
  return parts.filter(Boolean).join(" ");
}

/** @param {HTMLElement} box */
function measure(box) {
  const line = /** @type {HTMLElement} */ (box.querySelector("[data-distance]"));
  const [latitude, longitude] = (box.dataset.filed ?? "").split(",").map(Number);
  const tell = (/** @type {string | undefined} */ words, km = "") => {
    line.textContent = (words ?? "").replace("{at}", km);
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const km = distance(latitude, longitude, coords.latitude, coords.longitude);
      tell(km > Number(box.dataset.far) ? line.dataset.farOff : line.dataset.near, km.toFixed(1));
    },
    () => tell(line.dataset.unknown),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: MINUTE },
  );
}

/** Kilometres along the earth's surface, from degrees (haversine). @param {...number} degrees */
function distance(...degrees) {
  const [lat1, lon1, lat2, lon2] = degrees.map((one) => (one * Math.PI) / 180);
  const half =
    Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(Math.min(1, half)));
}
