// @ts-check
/**
 * Pages as they will be shown: cut out and straightened, in a worker where there is one.
 *
 * @typedef {import("./warp.js").Corners} Corners
 * @typedef {{preview: Blob, corners: Corners | undefined}} Straightened
 */

import { guessCorners, warp } from "./warp.js";

/** A preview: the server makes what is handed over. */
const LONGEST_SIDE = 800;

/** @type {Worker | undefined} */
let worker;
let asked = 0;

/**
 * @param {ArrayBuffer} bytes a photo of a page
 * @param {string} media
 * @param {Corners | null} [corners] undefined: to be guessed; null: the whole photo is the page
 * @returns {Promise<Straightened | undefined>} undefined: no picture that this browser can read
 */
export async function straighten(bytes, media, corners) {
  if (!("OffscreenCanvas" in globalThis)) return straightened(bytes, media, corners).catch(() => undefined);
  worker ??= new Worker(new URL("./page-worker.js", import.meta.url), { type: "module" });
  const [at, id] = [worker, (asked += 1)];
  return new Promise((resolve) => {
    const listen = (/** @type {MessageEvent} */ { data }) => {
      if (data.id !== id) return;
      at.removeEventListener("message", listen);
      resolve(data.made);
    };
    at.addEventListener("message", listen);
    at.addEventListener("error", () => resolve(straightened(bytes, media, corners).catch(() => undefined)));
    at.postMessage({ id, bytes, media, corners });
  });
}

/** The same, here and now. @param {ArrayBuffer} bytes @param {string} media @param {Corners | null} [known] @returns {Promise<Straightened>} */
export async function straightened(bytes, media, known) {
  const image = await createImageBitmap(new Blob([bytes], { type: media }), { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const whole = canvasOf(width, height);
  whole.context.drawImage(image, 0, 0, width, height);
  image.close();
  const pixels = whole.context.getImageData(0, 0, width, height);
  const corners = known === undefined ? guessCorners(pixels) : (known ?? undefined);
  const page = corners ? warp(pixels, corners) : pixels;
  const made = canvasOf(page.width, page.height);
  made.context.putImageData(page, 0, 0);
  return { preview: await made.blob(), corners };
}

/** @param {number} width @param {number} height */
function canvasOf(width, height) {
  if ("OffscreenCanvas" in globalThis) {
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    return { context, blob: () => canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }) };
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const blob = () =>
    new Promise((resolve, reject) => {
      canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("empty picture"))), "image/jpeg", 0.8);
    });
  return { context, blob: /** @type {() => Promise<Blob>} */ (blob) };
}
