// @ts-check
/** When a JPEG says it was taken: EXIF DateTimeOriginal, with its own offset if it has one. */

const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;
const EXIF_POINTER = 0x8769;

/**
 * @param {ArrayBuffer} bytes
 * @returns {Date | undefined} undefined where there is no readable time
 */
export function takenAt(bytes) {
  try {
    return fromExif(new DataView(bytes));
  } catch {
    return undefined; // a damaged header is no reason to lose the photo
  }
}

/** @param {DataView} view */
function fromExif(view) {
  const tiff = findTiff(view);
  if (tiff === undefined) return undefined;
  const little = view.getUint16(tiff) === 0x4949;
  const root = readTags(view, tiff, view.getUint32(tiff + 4, little), little);
  const pointer = root.get(EXIF_POINTER);
  if (pointer === undefined) return undefined;
  const tags = readTags(view, tiff, view.getUint32(pointer + 8, little), little);
  const time = readText(view, tiff, tags.get(DATE_TIME_ORIGINAL), little);
  const offset = readText(view, tiff, tags.get(OFFSET_TIME_ORIGINAL), little);
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(time);
  if (!parts) return undefined;
  const moment = new Date(
    `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${/^[+-]\d\d:\d\d/.exec(offset)?.[0] ?? ""}`,
  );
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Where the TIFF header of the APP1 segment begins. @param {DataView} view */
function findTiff(view) {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let place = 2;
  while (place + 4 < view.byteLength && view.getUint8(place) === 0xff) {
    const marker = view.getUint8(place + 1);
    if (marker === 0xe1 && view.getUint32(place + 4) === 0x45786966) return place + 10;
    if (marker === 0xda) return undefined;
    place += 2 + view.getUint16(place + 2);
  }
  return undefined;
}

/**
 * @param {DataView} view
 * @param {number} tiff
 * @param {number} start
 * @param {boolean} little
 * @returns {Map<number, number>} tag → place of its record
 */
function readTags(view, tiff, start, little) {
  const tags = new Map();
  const count = view.getUint16(tiff + start, little);
  for (let n = 0; n < count; n += 1) {
    const record = tiff + start + 2 + 12 * n;
    tags.set(view.getUint16(record, little), record);
  }
  return tags;
}

/** @param {DataView} view @param {number} tiff @param {number | undefined} record @param {boolean} little */
function readText(view, tiff, record, little) {
  if (record === undefined) return "";
  const length = view.getUint32(record + 4, little);
  const start = length > 4 ? tiff + view.getUint32(record + 8, little) : record + 8;
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + start, length)).replace(/\0.*$/, "");
}
