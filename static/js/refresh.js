// @ts-check
/**
 * What colleagues record appears: asks every 5 s, while the page is seen, how far the audit's journal has come, and
 * loads the fragments anew when it moved: `[data-refresh="/url"]`, replaced by the answer's element of the same id.
 * `[data-audit][data-head]` says what the page shows now, and comes with the fragment: one that was not had, or was an old
 * one of this phone, is asked for again. `data-arrived`: how many blobs had come by then; no entry says when their
 * bytes do, and a page that waits for some (`[data-arriving]`) is loaded anew when more have.
 * `[data-by-time]`: shows what is in no journal, so it is asked for anew each time, by `data-tag`: one that says the same
 * stays. Only the server itself may answer for it. Its value, where it has one, is the time it tells of: what the server
 * does not confirm says its `[data-doubt]` instead, and a gate that was green waits.
 */

import { icon } from "./dom.js";
import { load } from "./htmx-loader.js";
import { request } from "./net.js";
import { owner } from "./owner.js";
import { events } from "./sync.js";

const EVERY_MS = 5_000;
/** For so long what was confirmed stands while the next answer is awaited. */
const STANDS_MS = 120_000;
const TYPED = "textarea, select, input:not([type=radio], [type=checkbox])";
const SERVERS_OWN = new Set([200, 304]);
/** What was unfolded in what is just being replaced. @type {Set<string>} */
const unfolded = new Set();
let asking = false;
/** When the server last confirmed what is told by time; at first, when it made the page, which may be one of this phone. */
let confirmedAt = Date.parse(/** @type {HTMLElement | null} */ (document.querySelector("[data-by-time]"))?.dataset.byTime ?? "");

async function look() {
  const shown = /** @type {HTMLElement | null} */ (document.querySelector("[data-audit][data-head]"));
  if (!shown || asking || document.visibilityState !== "visible") return;
  asking = true;
  try {
    if (!(Math.abs(Date.now() - confirmedAt) < STANDS_MS)) doubt();
    const answer = await request(`/audits/${shown.dataset.audit}/head`, {}, owner());
    if (answer.kind !== "ok" || !answer.json) return doubt();
    const { head, arrived } = answer.json;
    const isBehind = Number(head) > Number(shown.dataset.head);
    const haveMoreCome = shown.querySelector("[data-arriving]") && Number(arrived) !== Number(shown.dataset.arrived);
    const isDue = isBehind || haveMoreCome || document.querySelector("[data-refresh][data-by-time]");
    if (isDue && (await hasHtmx())) await reload();
    else if (isDue) doubt();
  } finally {
    asking = false;
  }
}

/** Say of what is told by time that nobody knows whether it still is so. */
function doubt() {
  for (const fragment of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tag]:has([data-doubt])"))) {
    delete fragment.dataset.tag; // all of it is wanted next time
    for (const gate of /** @type {NodeListOf<HTMLElement>} */ (fragment.querySelectorAll(".gate, .gate h2"))) gate.dataset.k = "wait";
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (fragment.querySelectorAll("[data-doubt]"))) {
      part.replaceChildren(...(part.matches("[role=status]") ? [icon("clock")] : []), part.dataset.doubt ?? "");
    }
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
  const since = Date.now();
  await Promise.all(fragments.map(replace));
  if (!(confirmedAt >= since)) doubt();
  // What somebody unfolded stays so: its content may be what they are reading.
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  unfolded.clear();
  document.dispatchEvent(new Event("clausewalk:refreshed"));
}

/** @param {HTMLElement} fragment */
async function replace(fragment) {
  if (isBeingEdited(fragment)) return; // next time
  const { refresh = "", byTime, tag } = fragment.dataset;
  await htmx.ajax("GET", refresh, {
    target: fragment,
    swap: "outerHTML",
    select: `#${fragment.id}`,
    headers: byTime === undefined ? {} : { "Clausewalk-Direct": "1", ...(tag && { "If-None-Match": tag }) },
  });
}

document.addEventListener("htmx:after:request", (event) => {
  const { target, response } = /** @type {CustomEvent} */ (event).detail.ctx;
  if (!target?.matches("[data-refresh]")) return;
  // The answer may have taken its time: what counts is what somebody has begun and unfolded by now.
  if (isBeingEdited(target)) return void event.preventDefault();
  for (const group of target.querySelectorAll("details[id][open]")) unfolded.add(group.id);
  if (target.matches("[data-by-time]") && SERVERS_OWN.has(response.status)) confirmedAt = Date.now();
});

/** @param {HTMLElement} fragment */
function isBeingEdited(fragment) {
  const active = document.activeElement;
  return Boolean(active && fragment.contains(active) && active.matches(TYPED)) || hasUnsent(fragment);
}

/** Whether a reason is written that was not sent yet, in what any phone's report replaces. @param {HTMLElement} fragment */
function hasUnsent(fragment) {
  if (!("byTime" in fragment.dataset)) return false;
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (fragment.querySelectorAll("input:not([type=hidden])"));
  return [...fields].some((field) => field.value !== field.defaultValue);
}

setInterval(() => void look(), EVERY_MS);
document.addEventListener("visibilitychange", () => void look());
events.addEventListener("delivered", () => void look());
void look();
