// @ts-check
/**
 * `[data-look-photo=<address>]` around a small picture: a tap shows it as large as the screen, with what is drawn on it.
 * Without a network the small one is what there is, and on the phone that took it the photo itself (arriving.js).
 */

import { el, icon } from "./dom.js";
import { say } from "./texts.js";

document.addEventListener("click", ({ target }) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (target).closest("[data-look-photo]"));
  const small = button?.querySelector("img");
  if (button && small) look(button.dataset.lookPhoto ?? "", small);
});

/** @param {string} address @param {HTMLImageElement} small */
function look(address, small) {
  const picture = el("img", { alt: small.alt });
  picture.addEventListener("error", () => (picture.src = copy(small)), { once: true });
  picture.src = address;
  const close = el("button", { class: "ib", "aria-label": say("close") }, icon("x"));
  const form = el("form", { method: "dialog" }, close, picture);
  const dialog = el("dialog", { class: "look", "aria-label": small.alt }, form);
  picture.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * What a picture shows. Its own address may be none by now: a photo on this phone is read once.
 * @param {HTMLImageElement} small
 * @returns {string} an address of the same picture
 */
function copy(small) {
  if (!small.currentSrc.startsWith("blob:")) return small.currentSrc;
  const canvas = el("canvas");
  [canvas.width, canvas.height] = [small.naturalWidth, small.naturalHeight];
  canvas.getContext("2d")?.drawImage(small, 0, 0);
  return canvas.toDataURL("image/jpeg");
}
