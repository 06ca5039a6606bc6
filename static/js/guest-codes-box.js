// @ts-check
/** `[data-guest-codes=<audit>]`: the codes of the offline pack that let somebody in now, with no network too. */

import { el, icon } from "./dom.js";
import { keptCodes } from "./guest-codes.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-guest-codes]"));

async function show() {
  const [now, account] = [Date.now(), document.documentElement.dataset.account ?? ""];
  const codes = (await keptCodes(account, box.dataset.guestCodes ?? "")).filter(
    ({ starts, ends }) => Date.parse(starts) <= now && now < Date.parse(ends),
  );
  box.hidden = codes.length === 0;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-role]"))) {
    const pictures = codes.filter(({ role }) => role === place.dataset.role).map((code) => pictureOf(code, place));
    place.hidden = pictures.length === 0;
    place.querySelector("[data-code]")?.replaceChildren(...(pictures.length > 1 ? pictures.map(fold) : pictures));
  }
}

/** @param {import("./guest-codes.js").GuestCode} code @param {HTMLElement} place */
function pictureOf({ picture }, { dataset }) {
  const src = `data:image/svg+xml;base64,${picture}`;
  return el("img", { src, alt: dataset.alt ?? "", width: "224", height: "224" });
}

/** One at a time is seen, so that nobody scans their neighbour's. @param {HTMLElement} picture @param {number} place */
function fold(picture, place) {
  const summary = el("summary", { class: "flex" }, icon("next"), say("codes.nth", { n: place + 1 }));
  return el("details", { name: "one-code" }, summary, picture);
}

void show();
