// @ts-check
/** The frame of an editor that takes the whole screen: title and Save above, what is edited, and its tools at the thumb. */

import { el, icon } from "./dom.js";
import { say } from "./texts.js";

await styled(); // before: a picture that is laid out anew under the thumb is drawn on beside the place

/**
 * @param {object} parts
 * @param {string} parts.title
 * @param {HTMLElement} parts.stage what is edited
 * @param {HTMLElement[]} parts.tools
 * @param {(dialog: HTMLDialogElement) => unknown} parts.save
 * @param {(dialog: HTMLDialogElement) => unknown} parts.close by the cross or Escape; closing is up to it
 * @returns {HTMLDialogElement} open; to be removed at the end
 */
export function editorDialog({ title, stage, tools, save, close }) {
  const cross = el("button", { class: "ib", type: "button", "aria-label": say("cancel") }, icon("x"));
  const keep = el("button", { class: "btn go", type: "button" }, say("save"));
  const dialog = el(
    "dialog",
    { class: "editor", "aria-label": title },
    el("header", { class: "flex between" }, cross, el("h2", {}, title), keep),
    el("div", { class: "stage" }, stage),
    el("footer", { class: "stack" }, ...tools),
  );
  cross.addEventListener("click", () => void close(dialog));
  keep.addEventListener("click", () => void save(dialog));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    void close(dialog);
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The editors' own styles; without them, where neither network nor worker has them, an editor is only uglier. */
function styled() {
  const link = el("link", { rel: "stylesheet", href: new URL("../css/editor.css", import.meta.url).href });
  document.head.append(link);
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  });
}
