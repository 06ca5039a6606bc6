// @ts-check
/**
 * `[data-mark-photo]`: draws on a photo of a record that is read. Its author may, and the leader, who answers for faces
 * in the report.
 */

import { toast } from "./dialog.js";
import { showWaitingLayers } from "./waiting-layers.js";
import { say } from "./texts.js";

document.addEventListener("click", async ({ target }) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (target).closest("[data-mark-photo]"));
  const figure = /** @type {HTMLElement | null | undefined} */ (button?.closest("figure"));
  if (!button || !figure) return;
  const { audit = "", observation = "", sha256 = "", drawn = "" } = button.dataset;
  const editor = await import("./markup-editor.js").catch(() => undefined);
  if (!editor) {
    toast(say("editor.missing"));
    return;
  }
  const entry = figure.dataset.photo ?? "";
  const kept = await editor.markUp({ entry, audit, observation, sha256 }, JSON.parse(drawn));
  if (!kept) return;
  button.dataset.drawn = JSON.stringify(kept);
  await showWaitingLayers(document);
});
