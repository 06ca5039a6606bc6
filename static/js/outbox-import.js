// @ts-check
/**
 * Taking in a colleague's file: what their phone could not send goes from this one. Their entries stay theirs,
 * character for character, inside a `copied` entry of whoever carries them; one's own file from another phone is
 * taken as it is. Whatever is sent twice is on the server once.
 *
 * @typedef {import("./store.js").FirstAuthor} FirstAuthor
 * @typedef {{entries: number, photos: number, known: number, unfinished: number}} TakenIn `known`: here already;
 *   `unfinished`: photos that the other phone has not made ready, pages of documents not saved there, and entries that
 *   can't be read
 */

import { digest } from "./develop.js";
import { references, toRow } from "./entry-row.js";
import { announce } from "./outbox-changes.js";
import { owner } from "./owner.js";
import { all, nextPlace, write } from "./store.js";
import { uuid7 } from "./uuid7.js";

/** The file is no outbox, or was cut off. Nothing was taken. */
export class NoOutbox extends Error {}

/** Rows made of a file, without what is here already. */
class Incoming {
  /** @param {any} outbox @param {import("./store.js").StoredEntry[]} entries @param {import("./store.js").StoredPhoto[]} photos */
  constructor(outbox, entries, photos) {
    this.outbox = outbox;
    /** Row here by the id of the first author's entry. */
    this.rowOf = new Map(entries.map(({ id, first }) => [first?.entry ?? id, id]));
    this.hashes = new Set(photos.map(({ audit, sha256 }) => `${audit}/${sha256}`));
    /** @type {Omit<import("./store.js").StoredEntry, "n">[]} */
    this.entries = [];
    /** @type {(Omit<import("./store.js").StoredPhoto, "n"> & {bytes: ArrayBuffer})[]} */
    this.photos = [];
    this.known = 0;
    this.unfinished = 0;
  }

  /** @param {string} kept as its author's phone, or whoever carried it so far, keeps it */
  addEntry(kept) {
    const outer = parsed(kept);
    const raw = outer?.kind === "copied" ? outer.body.raw : kept;
    const entry = parsed(raw);
    if (!entry?.body || !entry.id || !entry.audit) this.unfinished += 1;
    else if (this.rowOf.has(entry.id)) this.known += 1;
    else {
      const row = entry.by === owner().account ? this.#own(raw, entry) : this.#copied(raw, entry);
      this.rowOf.set(entry.id, row.id);
      this.entries.push(row);
    }
  }

  /** @param {any} photo as the other phone keeps it, its bytes in base64 */
  async addPhoto(photo) {
    const { audit, phase, unsaved, sha256, entry, account } = photo;
    const { buffer: bytes } = Uint8Array.from(atob(photo.bytes), (letter) => letter.charCodeAt(0));
    // Only where a document is being taken can it be saved.
    if (phase !== "ready" || unsaved || (await digest(bytes)) !== sha256) this.unfinished += 1;
    else if (this.hashes.has(`${audit}/${sha256}`)) this.known += 1;
    else {
      const first = photo.first ?? this.#author(entry, account);
      const fresh = { url: "", offset: 0, restarts: 0, state: /** @type {const} */ ("waiting"), reason: "", detail: "" };
      const mine = { id: uuid7(), account: owner().account, entry: this.rowOf.get(first.entry) ?? entry };
      const carried = first.by === owner().account ? {} : { first };
      this.hashes.add(`${audit}/${sha256}`);
      this.photos.push({ ...photo, ...fresh, ...mine, ...carried, bytes });
    }
  }

  /** @param {string} raw @param {any} entry */
  #own(raw, { id, audit, kind, body }) {
    const row = toRow({ kind, id, audit, body }, owner());
    return { ...row, raw, attempted: true }; // the other phone may have sent these characters
  }

  /** @param {string} raw @param {any} entry */
  #copied(raw, { id, audit, by, body }) {
    const object = body.target ?? body.observation ?? id;
    const row = toRow({ kind: "copied", audit, object, body: { entry: id, raw } }, owner());
    const needs = references(body).map((named) => this.rowOf.get(named) ?? named);
    return { ...row, needs, attempted: true, first: this.#author(id, by) };
  }

  /** @param {string} entry @param {string} by @returns {FirstAuthor} */
  #author(entry, by) {
    const { account, name = "" } = this.outbox;
    return { entry, by, name: by === account ? name : "" };
  }
}

/**
 * @param {Blob} file
 * @returns {Promise<TakenIn>} after the commit
 * @throws {NoOutbox}
 */
export async function takeIn(file) {
  const outbox = await read(file);
  const incoming = new Incoming(outbox, await all("entries"), await all("photos"));
  for (const { raw } of outbox.entries) incoming.addEntry(raw);
  for (const photo of outbox.photos) await incoming.addPhoto(photo);
  await write(["entries", "photos", "bytes"], async (tx) => {
    let place = await nextPlace(tx, "entries");
    for (const row of incoming.entries) await tx.objectStore("entries").add({ ...row, n: place++ });
    place = await nextPlace(tx, "photos");
    for (const { bytes, ...row } of incoming.photos) {
      await tx.objectStore("bytes").add(bytes, row.id);
      await tx.objectStore("photos").add({ ...row, n: place++ });
    }
  });
  announce();
  const { entries, photos, known, unfinished } = incoming;
  return { entries: entries.length, photos: photos.length, known, unfinished };
}

/** @param {Blob} file @returns {Promise<any>} */
async function read(file) {
  try {
    const outbox = JSON.parse(await file.text());
    if (outbox.clausewalk === "outbox" && Array.isArray(outbox.entries) && Array.isArray(outbox.photos)) return outbox;
  } catch {
    // cut off on the way, or another file
  }
  throw new NoOutbox(file.size.toString());
}

/** @param {string} raw @returns {any} undefined for what is no entry */
function parsed(raw) {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
