// @ts-check
/**
 * `img.ink` is the picture of a signature. The server names it as soon as it has the entry; as long as the picture itself
 * is only on this phone, the page says so in its place.
 */

import { calmly } from "./calmly.js";
import { status } from "./dom.js";
import { changes } from "./outbox-changes.js";
import { owner } from "./owner.js";
import { all } from "./store.js";
import { say } from "./texts.js";

/** What stands in the place of a picture. @type {WeakMap<HTMLImageElement, HTMLElement>} */
const marks = new WeakMap();

const show = calmly(async () => {
  const kept = (await all("photos")).filter((photo) => photo.account === owner().account && photo.sha256);
  for (const ink of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img.ink"))) {
    mark(
      ink,
      kept.some((photo) => ink.src.includes(`/photos/${photo.sha256}`)),
    );
  }
});

/** @param {HTMLImageElement} ink @param {boolean} isHere whether only this phone has it */
function mark(ink, isHere) {
  if (ink.hidden === isHere) return;
  ink.hidden = isHere;
  marks.get(ink)?.remove();
  if (!isHere) return;
  const said = status("wait", "phone", say("sign.here"));
  marks.set(ink, said);
  ink.after(said);
}

changes.addEventListener("change", () => void show());
void show();
