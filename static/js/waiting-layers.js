// @ts-check
/** Shows what was drawn on a photo and is only on this phone yet: over each `figure[data-photo]` of a page. */

import { el } from "./dom.js";
import { owner } from "./owner.js";
import { all } from "./store.js";

const LONGEST_SIDE = 640;

/** @param {ParentNode} root */
export async function showWaitingLayers(root) {
  const { account } = owner();
  const rows = [...(await all("entries")), ...(await all("photos"))];
  if (!rows.some((row) => row.account === account && (row.kind === "marked-up" || row.layer))) return;
  const { waitingLayers } = await import("./layer.js"); // few photos are drawn on
  for (const [photo, { shapes }] of await waitingLayers()) {
    const figures = root.querySelectorAll(`figure[data-photo="${CSS.escape(photo)}"]`);
    for (const figure of figures) await show(/** @type {HTMLElement} */ (figure), shapes);
  }
}

/**
 * Lay a painted copy over the picture. It stays until the page is loaded anew: once the entry has left the phone,
 * the page's own picture is still the old one.
 * @param {HTMLElement} figure
 * @param {import("./layer.js").Shape[]} shapes
 */
async function show(figure, shapes) {
  const picture = figure.querySelector("img");
  const drawn = JSON.stringify(shapes);
  if (!picture || figure.dataset.shown === drawn) return;
  figure.dataset.shown = drawn;
  const { paint } = await import("./layer.js");
  picture.loading = "eager";
  const isThere = await picture.decode().then(
    () => true,
    () => false,
  );
  if (!isThere) {
    delete figure.dataset.shown; // its bytes may still be on their way
    return;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(1, picture.naturalWidth, picture.naturalHeight));
  const canvas = el("canvas", { class: "layer", "aria-hidden": "true" });
  canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  paint(context, shapes);
  figure.querySelector("canvas.layer")?.remove();
  picture.after(canvas);
}
