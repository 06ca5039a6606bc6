// @ts-check
/** The phone is passed to somebody who signs: the text they sign and a pad, over the whole screen. */

import { el, icon } from "./dom.js";
import { openPad } from "./signature.js";
import { say } from "./texts.js";

/**
 * @param {string} name who signs
 * @param {string} text what they sign
 * @returns {Promise<ArrayBuffer | undefined>} the picture as PNG; undefined where nobody signed
 */
export async function askSignature(name, text) {
  const canvas = el("canvas", { role: "img", "aria-label": say("sign.pad") });
  const undo = el("button", { class: "btn", type: "button", "data-undo": "" }, icon("back"), say("sign.undo"));
  const clear = el("button", { class: "btn", type: "button", "data-clear": "" }, icon("x"), say("sign.clear"));
  const confirm = el("button", { class: "btn go grow", value: "yes" }, icon("sign"), say("sign.confirm"));
  confirm.disabled = true;
  const root = el("div", { class: "stack tight", "data-pad": "" }, el("div", { class: "sig tall" }, canvas));
  root.append(el("p", { class: "flex" }, undo, clear));
  const message = el("p", { role: "status", class: "small mute" }, say("sign.picture"));
  const form = el("form", { class: "stack", method: "dialog" });
  form.append(
    el("h2", { class: "head" }, say("sign.title", { name })),
    el("p", { class: "rec" }, text),
    root,
    message,
    el("p", { class: "flex" }, el("button", { class: "btn", value: "" }, say("cancel")), confirm),
  );
  const dialog = el("dialog", { class: "signing", "aria-label": say("sign.title", { name }) }, form);
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", resolve, { once: true });
  });
  try {
    const pad = await openPad(root, (empty) => {
      confirm.disabled = empty;
    });
    await closed;
    return dialog.returnValue === "yes" && !pad.isEmpty() ? bytesOf(pad.picture()) : undefined;
  } catch {
    message.replaceChildren(say("sign.no_pad"));
    await closed;
    return undefined;
  } finally {
    dialog.remove();
  }
}

/** @param {string} address a data address in base64 @returns {ArrayBuffer} */
function bytesOf(address) {
  const binary = atob(address.slice(address.indexOf(",") + 1));
  return /** @type {ArrayBuffer} */ (Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer);
}
