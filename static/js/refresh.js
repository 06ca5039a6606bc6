// @ts-check
/**
 * What colleagues record appears: asks every 5 s, while the page is seen, how far the audit's journal has come, and
 * loads the fragments anew when it moved: `[data-refresh="/url"]`, replaced by the answer's element of the same id.
 * `html[data-audit]`/`[data-head]` or `[data-audit][data-head]` on any element say what the page shows now.
 * `[data-by-time]`: shows what is in no journal, so it is loaded anew each time.
 */

import { request } from "./net.js";
import { owner } from "./outbox.js";
import { events } from "./sync.js";

const EVERY_MS = 5_000;
const source = /** @type {HTMLElement | null} */ (document.querySelector("[data-audit][data-head]"));
let head = Number(source?.dataset.head ?? 0);
let asking = false;

async function look() {
  if (!source || asking || document.visibilityState !== "visible") return;
  asking = true;
  try {
    const answer = await request(`/audits/${source.dataset.audit}/head`, {}, owner());
    const moved = answer.kind === "ok" ? Number(answer.json?.head) : Number.NaN;
    const isDue = moved > head || (answer.kind === "ok" && document.querySelector("[data-refresh][data-by-time]"));
    if (isDue && (await reload())) head = moved;
  } finally {
    asking = false;
  }
}

/** @returns {Promise<boolean>} whether all of them are up to date now */
async function reload() {
  const fragments = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-refresh]")]);
  const opened = [...document.querySelectorAll("[data-refresh] details[id][open]")].map((group) => group.id);
  const done = await Promise.all(fragments.map(replace));
  // What somebody unfolded stays so: its content may be what they are reading.
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  document.dispatchEvent(new Event("clausewalk:refreshed"));
  return done.every(Boolean);
}

/** @param {HTMLElement} fragment @returns {Promise<boolean>} */
async function replace(fragment) {
  if (isBeingEdited(fragment)) return false; // next time
  const url = fragment.dataset.refresh ?? "";
  if ("htmx" in globalThis) {
    await htmx.ajax("GET", url, { target: fragment, swap: "outerHTML" });
    return true;
  }
  const response = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => undefined);
  if (!response?.ok || response.redirected) return false;
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = fragment.id ? answer.getElementById(fragment.id) : answer.body.firstElementChild;
  if (fresh) fragment.replaceWith(fresh);
  return Boolean(fresh);
}

/** @param {HTMLElement} fragment */
function isBeingEdited(fragment) {
  const active = document.activeElement;
  return Boolean(
    active &&
    fragment.contains(active) &&
    active.matches("textarea, select, input:not([type=radio], [type=checkbox])"),
  );
}

setInterval(() => void look(), EVERY_MS);
document.addEventListener("visibilitychange", () => void look());
events.addEventListener("delivered", () => void look());
