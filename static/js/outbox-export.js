// @ts-check
/**
 * What is only on this phone of this account, all of it or one item, as a file: entries as the very characters that would be
 * sent, photos with their bytes, and drafts. Nothing leaves the outbox by it.
 *
 * @typedef {import("./store.js").StoredEntry} StoredEntry
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 */

import { isoWithOffset } from "./clock.js";
import { developAll } from "./develop.js";
import { allDrafts } from "./drafts.js";
import { owner } from "./owner.js";
import { all, database, deviceId, write } from "./store.js";
import { uuid7 } from "./uuid7.js";

/**
 * From now on the entries in the file never change: edits of what somebody else may hand in are amendments.
 * @param {{everybody?: boolean, item?: string, name?: string}} [what] `everybody`: of all accounts that recorded on
 *   this phone; `item`: only this entry or photo with what belongs to it; `name` of who exports
 * @returns {Promise<Blob>} JSON: `{clausewalk: "outbox", version, account, name, device, exported_at, entries, photos,
 *   drafts}`
 */
export async function exportOutbox({ everybody = false, item = "", name = "" } = {}) {
  const { account, device: opened } = owner();
  const device = opened || (await deviceId(uuid7));
  await developAll({ device }, () => undefined).catch(() => undefined); // what can't be developed goes as it is
  const head = { clausewalk: "outbox", version: 1, account, name, device, exported_at: isoWithOffset() };
  const own = (/** @type {any[]} */ rows) => rows.filter((row) => everybody || row.account === account);
  const kept = { entries: own(await all("entries")), photos: own(await all("photos")) };
  const { entries, photos } = item ? belonging(item, kept) : kept;
  const raws = await frozen(entries);
  const drafts = item ? [] : own(await allDrafts());
  // Assembled from pieces: a day's photos do not fit into one string.
  /** @type {string[]} */
  const parts = [JSON.stringify({ ...head, entries: raws, drafts }).slice(0, -1), ',"photos":['];
  const db = await database();
  for (const [place, photo] of photos.entries()) {
    const bytes = await base64(await db.get("bytes", photo.id));
    parts.push(`${place ? "," : ""}${JSON.stringify({ ...photo, bytes })}`);
  }
  return new Blob([...parts, "]}"], { type: "application/json" });
}

/** @typedef {{entries: StoredEntry[], photos: StoredPhoto[]}} Kept */

/**
 * An entry or photo, what has to arrive before it, and what hangs on it.
 * @param {string} item
 * @param {Kept} kept
 * @returns {Kept}
 */
function belonging(item, { entries, photos }) {
  const photo = photos.find((one) => one.id === item);
  const wanted = new Set([item, ...(photo ? [photo.entry, photo.observation] : [])]);
  for (let size = 0; size !== wanted.size; ) {
    size = wanted.size;
    for (const { id, object, needs } of entries) {
      if (wanted.has(id)) for (const one of needs) wanted.add(one);
      // Of one photo not all the others of its note.
      else if (!photo && (wanted.has(object) || needs.some((one) => wanted.has(one)))) wanted.add(id);
    }
  }
  return {
    entries: entries.filter(({ id }) => wanted.has(id)),
    photos: photos.filter((one) => one.id === item || (!photo && wanted.has(one.observation))),
  };
}

/** @param {StoredEntry[]} entries @returns {Promise<{raw: string, state: string, reason: string}[]>} as they stay */
function frozen(entries) {
  return write(["entries"], async (tx) => {
    const found = [];
    for (const { id } of entries) {
      const row = await tx.objectStore("entries").get(id);
      if (!row) continue; // it arrived a moment ago
      await tx.objectStore("entries").put({ ...row, attempted: true });
      found.push({ raw: row.raw, state: row.state, reason: row.reason });
    }
    return found;
  });
}

/** @param {ArrayBuffer} bytes @returns {Promise<string>} */
function base64(bytes) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^.*?,/, "")));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("cannot read")));
    reader.readAsDataURL(new Blob([bytes]));
  });
}
