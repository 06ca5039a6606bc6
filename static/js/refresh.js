// @ts-check
/**
 * What colleagues record appears: asks every 5 s, while the page is seen, how far the audit's journal has come, and
 * loads the fragments anew when it moved: `[data-refresh="/url"]`, replaced by the answer's element of the same id.
 * `[data-audit][data-head]` says what the page shows now, and comes with the fragment: one that was not had, or was an old
 * one of this phone, is asked for again. `data-arrived`: how many photos had come by then; no entry says when their
 * bytes do, and a page that waits for some (`[data-arriving]`) is loaded anew when more have.
 * `[data-by-time]`: shows what is in no journal, so it is loaded anew each time.
 */

import { load } from "./htmx-loader.js";
import { request } from "./net.js";
import { owner } from "./owner.js";
import { events } from "./sync.js";

const EVERY_MS = 5_000;
let asking = false;

async function look() {
  const shown = /** @type {HTMLElement | null} */ (document.querySelector("[data-audit][data-head]"));
  if (!shown || asking || document.visibilityState !== "visible") return;
  asking = true;
  try {
    const answer = await request(`/audits/${shown.dataset.audit}/head`, {}, owner());
    if (answer.kind !== "ok") return;
    const isBehind = Number(answer.json?.head) > Number(shown.dataset.head);
    const isWaiting = "arrived" in shown.dataset && shown.querySelector("[data-arriving]");
    const isDue =
      isBehind ||
      (isWaiting && Number(answer.json?.arrived) !== Number(shown.dataset.arrived)) || document.querySelector("[data-refresh][data-by-time]");
    if (isDue && (await hasHtmx())) await reload();
  } finally {
    asking = false;
  }
}

/** Whether htmx is here; where the network went meanwhile, it may be the next time. */
function hasHtmx() {
  return load().then(
    () => true,
    () => false,
  );
}

async function reload() {
  const fragments = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-refresh]")]);
  const opened = [...document.querySelectorAll("[data-refresh] details[id][open]")].map((group) => group.id);
  await Promise.all(fragments.map(replace));
  // What somebody unfolded stays so: its content may be what they are reading.
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  document.dispatchEvent(new Event("clausewalk:refreshed"));
}

/** @param {HTMLElement} fragment */
async function replace(fragment) {
  if (isBeingEdited(fragment)) return; // next time
  await htmx.ajax("GET", fragment.dataset.refresh ?? "", {
    target: fragment,
    swap: "outerHTML",
    select: `#${fragment.id}`,
  });
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
