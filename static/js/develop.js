// @ts-check
/**
 * Develops raw photos: upright JPEG of at most 2,560 px, hashes, and the `photographed` entry — put in the place of
 * the camera's bytes in one transaction, so that a page killed at any moment leaves either the one or the other.
 * The page keeps; what takes long (`prepare`) is done in the photo worker where the browser has OffscreenCanvas. A worker
 * opens no database: one whose page is left keeps its transaction open in WebKit, and everybody else waits for it.
 *
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 * @typedef {{bytes: ArrayBuffer, media: string, width?: number, height?: number}} Picture
 * @typedef {Picture & {sha256: string, camera_sha256: string}} Prepared
 * @typedef {(camera: ArrayBuffer, media: string) => Promise<Prepared>} Prepare
 */

import { toRow } from "./entry-row.js";
import { all, database, isFull, nextPlace, write } from "./store.js";

const LONGEST_SIDE = 2560;
const QUALITY = 0.85;

/** The last call's work. Another tab may do the same at the same time: whoever is first keeps the entry. */
let turn = Promise.resolve();

/**
 * @param {{device: string}} owner
 * @param {() => void} ready called after each photo
 * @param {Prepare} [by] who prepares the pictures
 * @returns {Promise<void>}
 */
export function developAll(owner, ready, by = prepare) {
  const work = turn.then(() => developEach(owner, ready, by));
  turn = work.catch(() => undefined);
  return work;
}

/** @param {{device: string}} owner @param {() => void} ready @param {Prepare} by */
async function developEach(owner, ready, by) {
  for (const photo of await all("photos")) {
    if (photo.phase !== "raw") continue; // of every account: each may be sent from here
    try {
      await develop(photo, owner, by);
    } catch (error) {
      if (!isFull(error)) throw error; // it waits as the camera made it, until something was sent; others may fit
      continue;
    }
    ready();
  }
}

/** @param {StoredPhoto} photo @param {{device: string}} owner @param {Prepare} by */
async function develop(photo, owner, by) {
  const camera = await (await database()).get("bytes", photo.id);
  if (!camera) return; // deleted meanwhile
  const picture = await by(camera, photo.media);
  const { sha256, camera_sha256 } = picture;
  const body = {
    observation: photo.observation,
    sha256,
    camera_sha256,
    size: picture.bytes.byteLength,
    width: picture.width,
    height: picture.height,
  };
  await write(["photos", "bytes", "entries"], async (tx) => {
    const row = await tx.objectStore("photos").get(photo.id);
    if (row?.phase !== "raw") return;
    // What is said of the photo, or of which note it is, may have changed while we worked: the row knows.
    const content = { ...body, ...row.facts, observation: row.observation };
    const change = { phase: "ready", sha256, media: picture.media, size: picture.bytes.byteLength, content };
    await tx.objectStore("bytes").put(picture.bytes, photo.id);
    await tx.objectStore("photos").put({ ...row, ...change, layer: undefined });
    if (row.document) return;
    await keepEntry(tx, row, { kind: "photographed", id: row.entry, body: content }, owner);
    if (!row.layer) return;
    const { entry: id, shapes } = row.layer;
    const drawn = { photo: row.entry, shapes, bases: [] };
    await keepEntry(tx, row, { kind: "marked-up", id, body: drawn, object: row.observation }, owner);
  });
}

/**
 * @param {any} tx
 * @param {StoredPhoto} photo
 * @param {Omit<import("./entry-row.js").NewEntry, "audit">} entry
 * @param {{device: string}} owner
 */
async function keepEntry(tx, { account, audit }, entry, { device }) {
  const row = toRow({ ...entry, audit }, { account, device });
  await tx.objectStore("entries").put({ ...row, n: await nextPlace(tx, "entries") });
}

/** What takes long of it. @type {Prepare} */
export async function prepare(camera, media) {
  const picture = await shrink(camera, media);
  return { ...picture, sha256: await digest(picture.bytes), camera_sha256: await digest(camera) };
}

/**
 * The picture as it is uploaded. What this browser cannot read (HEIC) goes as the camera made it; the server can.
 * @param {ArrayBuffer} camera
 * @param {string} media
 * @returns {Promise<Picture>}
 */
async function shrink(camera, media) {
  const blob = new Blob([camera], { type: media });
  try {
    return await redraw(await createImageBitmap(blob, { imageOrientation: "from-image" }));
  } catch {
    return { bytes: camera, media };
  }
}

/** @param {ImageBitmap} image upright @returns {Promise<Picture>} */
async function redraw(image) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const bytes = await draw(image, width, height);
  image.close();
  return { bytes, media: "image/jpeg", width, height };
}

/** @param {ImageBitmap} image @param {number} width @param {number} height @returns {Promise<ArrayBuffer>} */
async function draw(image, width, height) {
  const options = { type: "image/jpeg", quality: QUALITY };
  if ("OffscreenCanvas" in globalThis) {
    const canvas = new OffscreenCanvas(width, height);
    paint(canvas.getContext("2d", { alpha: false }), image, width, height);
    return (await canvas.convertToBlob(options)).arrayBuffer();
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  paint(canvas.getContext("2d", { alpha: false }), image, width, height);
  const jpeg = await new Promise((resolve) => {
    canvas.toBlob(resolve, options.type, options.quality);
  });
  return jpeg.arrayBuffer();
}

/**
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} context
 * @param {ImageBitmap} image
 * @param {number} width
 * @param {number} height
 */
function paint(context, image, width, height) {
  if (!context) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
}

/** @param {ArrayBuffer} bytes @returns {Promise<string>} SHA-256, lower-case hex */
export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
