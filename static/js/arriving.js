// @ts-check
/**
 * A photo's bytes come after the entry that names it. Until they do, `figure[data-arriving]` holds a place for its picture:
 * the phone that took it shows its own, and says how far it is.
 *
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 */

import { el, status } from "./dom.js";
import { deletedItems } from "./outbox.js";
import { owner } from "./owner.js";
import { all, database } from "./store.js";
import { say } from "./texts.js";

/** The photo, by its local id, that this phone has shown there. @type {WeakMap<HTMLElement, string>} */
const filled = new WeakMap();

/** Show what of the photos that the page waits for is on this phone. */
export async function showFromPhone() {
  const kept = (await all("photos")).filter((photo) => photo.account === owner().account);
  const waiting = new Map(kept.map((photo) => [photo.entry, photo]));
  const deleted = await deletedItems();
  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("figure[data-arriving]"))) {
    if (figure.closest("[data-shots]")) continue; // the strip of a note's form shows its own (shots.js)
    const photo = waiting.get(figure.dataset.photo ?? "");
    if (photo) await fill(figure, photo);
    const local = filled.get(figure);
    if (local) mark(figure, photo, deleted.has(local));
  }
}

/** Put the phone's picture where one is missing. @param {HTMLElement} figure @param {StoredPhoto} photo */
export async function fill(figure, photo) {
  if (filled.has(figure) || !("arriving" in figure.dataset)) return;
  filled.set(figure, photo.id);
  const place = figure.querySelector(".sig");
  const picture = await pictureOnPhone(photo);
  if (!picture) return; // sent meanwhile
  picture.alt = figure.querySelector("[data-edit-photo]") ? "" : (place?.textContent ?? "");
  place?.replaceWith(picture);
  figure.querySelector("button")?.removeAttribute("disabled");
}

/**
 * Say under a photo how far it is.
 * @param {HTMLElement} figure
 * @param {StoredPhoto | undefined} photo undefined: it is no longer on this phone
 * @param {boolean} isDeleted whether somebody deleted it here; else the server named it safe
 */
export function mark(figure, photo, isDeleted) {
  const said = isDeleted
    ? status("nc", "x", say("photo.deleted"))
    : !photo
      ? status("ok", "sent", say("photo.sent"))
      : photo.state === "refused"
        ? status("nc", "warn", say("photo.refused"))
        : status("wait", "phone", say("only.here"));
  const caption = figure.querySelector("figcaption");
  const before = caption?.querySelector(":scope > .st");
  if (before) before.replaceWith(said);
  else caption?.prepend(said);
}

/**
 * A photo's own bytes as a picture.
 * @param {StoredPhoto} photo
 * @returns {Promise<HTMLImageElement | undefined>} undefined: they left the phone a moment ago
 */
export async function pictureOnPhone(photo) {
  const bytes = await (await database()).get("bytes", photo.id);
  if (!bytes) return undefined;
  const url = URL.createObjectURL(new Blob([bytes], { type: photo.media }));
  const picture = el("img", { alt: "", decoding: "async" });
  picture.addEventListener("load", () => URL.revokeObjectURL(url));
  picture.addEventListener("error", () => URL.revokeObjectURL(url));
  picture.src = url;
  return picture;
}
