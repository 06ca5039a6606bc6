// @ts-check
/**
 * A photo as it was received, without what is drawn on it: from this phone, else from the server; without a network
 * its small copy, as long as nothing is drawn on that.
 */

import { all, database } from "./store.js";

const LONGEST_SIDE = 1600;

/**
 * @param {{entry: string, audit: string, sha256: string, isDrawnOn: boolean}} photo
 * @returns {Promise<{picture: HTMLCanvasElement, isSmall: boolean} | undefined>} undefined: not to be had now
 */
export async function pictureOf({ entry, audit, sha256, isDrawnOn }) {
  const row = (await all("photos")).find((photo) => photo.entry === entry);
  const bytes = row && (await (await database()).get("bytes", row.id));
  const here = bytes && (await decoded(new Blob([bytes], { type: row.media })));
  if (here) return { picture: here, isSmall: false };
  const address = `/audits/${audit}/photos/${sha256}`;
  const whole = sha256 && (await fetched(address));
  if (whole) return { picture: whole, isSmall: false };
  if (!sha256 || isDrawnOn) return undefined;
  // What this browser can't read itself (HEIC), the server shows; without a network there is the list's own copy.
  for (const width of [LONGEST_SIDE, 320]) {
    const copy = await fetched(`${address}?w=${width}`);
    if (copy) return { picture: copy, isSmall: width === 320 };
  }
  return undefined;
}

/** @param {string} url @returns {Promise<HTMLCanvasElement | undefined>} */
async function fetched(url) {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? decoded(await response.blob()) : undefined;
}

/**
 * Upright, and no larger than is of use on a phone.
 * @param {Blob} blob
 * @returns {Promise<HTMLCanvasElement | undefined>} undefined: no picture that this browser can read
 */
export async function decoded(blob) {
  try {
    const image = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return canvas;
  } catch {
    return undefined;
  }
}
