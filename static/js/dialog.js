// @ts-check
/** A question that needs an answer before going on. */

import { el } from "./dom.js";
import { say } from "./texts.js";

/**
 * @param {string} question
 * @param {string} action what the button that goes on says
 * @param {string} [otherwise] what the other one says
 * @returns {Promise<boolean>} false for cancel, Escape or a click beside it
 */
export function ask(question, action, otherwise = say("cancel")) {
  const form = el(
    "form",
    { class: "stack", method: "dialog" },
    el("p", {}, question),
    el(
      "p",
      { class: "flex" },
      el("button", { class: "btn grow", value: "" }, otherwise),
      el("button", { class: "btn grow", value: "yes" }, action),
    ),
  );
  const dialog = el("dialog", { "aria-label": question }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * A short message above the dock, with something that can be done about it for a few seconds.
 * @param {string} words
 * @param {{words: string, run: () => void}} [action]
 */
export function toast(words, action) {
  document.querySelector(".toast")?.remove();
  clearTimeout(hiding);
  const box = el("div", { class: "toast", role: "status" }, words);
  if (action) {
    const button = el("button", { type: "button" }, action.words);
    button.addEventListener("click", () => {
      box.remove();
      action.run();
    });
    box.append(button);
  }
  document.body.append(box);
  hiding = setTimeout(() => box.remove(), 8_000);
}
