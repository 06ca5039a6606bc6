// @ts-check
/** `[data-drafts-elsewhere=<audit>]`: notes that one is writing on another device, each a target for this one's camera. */

import { el, icon } from "./dom.js";
import { showRows } from "./keyed.js";
import { sharedDrafts } from "./shared-draft.js";
import { say } from "./texts.js";

const EVERY_MS = 5_000;
const list = /** @type {HTMLElement} */ (document.querySelector("[data-drafts-elsewhere]"));
const audit = list.dataset.draftsElsewhere ?? "";

async function show() {
  if (document.visibilityState !== "visible") return;
  const drafts = (await sharedDrafts(audit)).filter((draft) => !draft.here);
  const shown = drafts.map(({ id, stop, item, words, device }) => ({ id, stop, item, words, device }));
  showRows(list, shown, row); // asked for every few seconds: a row that says the same stays under the finger
  list.hidden = drafts.length === 0;
}

/** @param {Pick<import("./shared-draft.js").Shared, "id" | "stop" | "item" | "words" | "device">} draft */
function row({ id, stop, item, words, device }) {
  const query = new URLSearchParams({ ...(item ? { item } : {}), for: id });
  return el(
    "a",
    { class: "note", "data-k": "wait", "data-draft": id, href: `/audits/${audit}/stops/${stop}/capture?${query}` },
    icon("cam"),
    el("span", {}, say(device ? "draft.on" : "draft.elsewhere", { device }), " ", el("strong", {}, words)),
  );
}

setInterval(() => void show(), EVERY_MS);
document.addEventListener("visibilitychange", () => void show());
void show();
