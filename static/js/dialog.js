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

const SHOWN_MS = 8_000;

/**
 * A short message above the dock, with something that can be done about it for a few seconds: as long as somebody
 * points at it or is on its button, it stays.
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
  const stay = () => clearTimeout(hiding);
  const hideSoon = () => {
    stay();
    hiding = setTimeout(() => box.remove(), SHOWN_MS);
  };
  for (const come of ["pointerenter", "focusin"]) box.addEventListener(come, stay);
  for (const go of ["pointerleave", "focusout"]) box.addEventListener(go, hideSoon);
  document.body.append(box);
  hideSoon();
}
