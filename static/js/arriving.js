// @ts-check
/**
 * A photo's bytes come after the entry that names it. Until they do, `figure[data-arriving]` holds a place for its picture:
 * the phone that took it shows its own, and says how far it is.
 *
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 */

import { el, status } from "./dom.js";
import { owner } from "./owner.js";
import { all, database } from "./store.js";
import { say } from "./texts.js";

/** What this phone has shown since the page came. @type {WeakSet<HTMLElement>} */
const filled = new WeakSet();

/** Show what of the photos that the page waits for is on this phone. */
export async function showFromPhone() {
  const kept = (await all("photos")).filter((photo) => photo.account === owner().account);
  const waiting = new Map(kept.map((photo) => [photo.entry, photo]));
  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("figure[data-arriving]"))) {
    if (figure.closest("[data-shots]")) continue; // the strip of a note's form shows its own (shots.js)
    const photo = waiting.get(figure.dataset.photo ?? "");
    if (photo) await fill(figure, photo);
    if (photo || filled.has(figure)) mark(figure, photo);
  }
}

/** Put the phone's picture where one is missing. @param {HTMLElement} figure @param {StoredPhoto} photo */
export async function fill(figure, photo) {
  if (filled.has(figure) || !("arriving" in figure.dataset)) return;
  filled.add(figure);
  const place = figure.querySelector(".sig");
  const picture = await pictureOnPhone(photo);
  picture.alt = figure.querySelector("[data-edit-photo]") ? "" : (place?.textContent ?? "");
  place?.replaceWith(picture);
  figure.querySelector("button")?.removeAttribute("disabled");
}

/**
 * Say under a photo how far it is.
 * @param {HTMLElement} figure
 * @param {StoredPhoto | undefined} photo undefined: no longer on this phone, so it is safe
 */
export function mark(figure, photo) {
  const said = !photo
    ? status("ok", "sent", say("photo.sent"))
    : photo.state === "refused"
      ? status("nc", "warn", say("photo.refused"))
      : status("wait", "phone", say("only.here"));
  const caption = figure.querySelector("figcaption");
  const before = caption?.querySelector(":scope > .st");
  if (before) before.replaceWith(said);
  else caption?.prepend(said);
}

/** A photo's own bytes as a picture. @param {StoredPhoto} photo */
export async function pictureOnPhone(photo) {
  const bytes = await (await database()).get("bytes", photo.id);
  const url = URL.createObjectURL(new Blob([bytes], { type: photo.media }));
  const picture = el("img", { alt: "", decoding: "async" });
  picture.addEventListener("load", () => URL.revokeObjectURL(url));
  picture.addEventListener("error", () => URL.revokeObjectURL(url));
  picture.src = url;
  return picture;
}
