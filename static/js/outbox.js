// @ts-check
/**
 * The outbox: what this account recorded on this phone and the server has not named safe yet.
 *
 * `put` is the only way in. It resolves after a strict-durability commit of entries and photo bytes together; only
 * then may a form clear. Things leave when the server names them (`drain.js`) or a person deletes them, never otherwise.
 *
 * @typedef {import("./store.js").StoredEntry} StoredEntry
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 * @typedef {import("./store.js").PhotoFacts} PhotoFacts
 * @typedef {import("./entry-row.js").NewEntry} NewEntry
 *
 * @typedef {object} NewPhoto
 * @property {string} audit
 * @property {string} observation
 * @property {ArrayBuffer} bytes as the camera gave them
 * @property {string} media
 * @property {string} [name]
 * @property {PhotoFacts} facts
 * @property {{sha256: string, entry: string, kind: string}} [ready] bytes that go as they are, and the entry among those
 *   kept with them that names their hash: a signature, a photographed sheet
 * @property {string} [document] id of the `attached` entry that it will be a page of; it isn't sent before that is kept
 *
 * @typedef {{id: string, bases: string[], open: string}} Kept which keeping of a note it was, and where the note stands
 */

import { checkSize, serialise, toRow } from "./entry-row.js";
import { announce, announceSoon, changes } from "./outbox-changes.js";
import { owner } from "./owner.js";
import { all, database, marked, nextPlace, patch, write } from "./store.js";
import { uuid7 } from "./uuid7.js";

export { isWaiting, items } from "./outbox-items.js";
export { TooLarge } from "./entry-row.js";
export { changes };

const KEPT = "kept/";
const DELETED = "deleted";
const DELETED_KEPT = 100;

/**
 * Keep entries and photos, all or nothing.
 * @param {NewEntry[]} entries in the order in which they are to be sent
 * @param {NewPhoto[]} [photos]
 * @param {{draft?: string, kept?: Kept, replaces?: string, document?: string}} [done] a draft, or a refused entry, that
 *   this takes the place of; what a page that is left meanwhile never hears; the document whose pages may now be sent
 * @returns {Promise<string[]>} ids of the entries, after the commit
 * @throws {TooLarge}
 */
export async function put(entries, photos = [], done = {}) {
  const rows = entries.map((entry) => toRow(entry, owner()));
  await write(["entries", "photos", "bytes", "drafts", "meta"], async (tx) => {
    const stores = /** @type {const} */ (["entries", "photos"]);
    const [entryPlace, photoPlace] = await Promise.all(stores.map((store) => nextPlace(tx, store)));
    await Promise.all([
      ...rows.map((row, at) => tx.objectStore("entries").add({ ...row, n: entryPlace + at })),
      ...photos.map((photo, at) => addPhoto(tx, photo, photoPlace + at)),
      done.draft && tx.objectStore("drafts").delete(done.draft),
      done.draft && done.kept && tx.objectStore("meta").put(done.kept, KEPT + done.draft),
    ]);
    if (done.replaces) await replace(tx, done.replaces, rows[0].id);
    if (done.document) await releasePages(tx, done.document);
  });
  announceSoon();
  return rows.map((row) => row.id);
}

/**
 * What was kept last of what one form is about. It says no words, as it stays when those have left the phone.
 * @param {string} draft key of the form's draft, as stored
 * @returns {Promise<Kept | undefined>}
 */
export async function lastKept(draft) {
  return (await database()).get("meta", KEPT + draft);
}

/**
 * Write an entry that was never sent anew, in place.
 * @param {string} id
 * @param {Record<string, any>} content the whole observation, photo or finding; of an amendment what it carries
 * @returns {Promise<boolean>} false: it was sent or is gone, make an amendment
 */
export async function revise(id, content) {
  const revised = await write(["entries"], async (tx) => {
    const row = marked("entries", await tx.objectStore("entries").get(id));
    if (!row || row.attempted || row.account !== owner().account) return false;
    const entry = JSON.parse(row.raw);
    const carried = row.kind === "amended" && ["observation", "photo", "finding"].find((key) => key in entry.body);
    const raw = serialise({ ...entry, body: carried ? { ...entry.body, [carried]: content } : content });
    checkSize(raw);
    await tx.objectStore("entries").put({ ...row, raw });
    return true;
  });
  announce();
  return revised;
}

/**
 * What is kept of an object and not sent yet, oldest first.
 * @param {string} object
 * @returns {Promise<StoredEntry[]>}
 */
export async function pendingOf(object) {
  return (await all("entries")).filter((row) => row.account === owner().account && row.object === object);
}

/**
 * Whether the server has a version, though it still waits here, and shows it beside another: what is written next takes
 * the place of both.
 * @param {string} id
 * @param {string[]} heads versions that the page shows
 */
export function isBesideAnother(id, heads) {
  return heads.length > 1 && heads.includes(id);
}

/**
 * Delete one item for good. A photo goes with its entry where that was not sent yet, an unsaved document with its pages.
 * @param {string} id
 */
export async function remove(id) {
  await write(["entries", "photos", "bytes", "meta"], async (tx) => {
    const known = (await tx.objectStore("meta").get(DELETED)) ?? [];
    await tx.objectStore("meta").put([id, ...known].slice(0, DELETED_KEPT), DELETED);
    const photo = await tx.objectStore("photos").get(id);
    if (photo) {
      const entry = await tx.objectStore("entries").get(photo.entry);
      if (entry && !entry.attempted) await dropUnsent(tx, photo.entry);
      await tx.objectStore("bytes").delete(id);
    }
    await tx.objectStore("photos").delete(id);
    await tx.objectStore("entries").delete(id);
    await dropPages(tx, id);
  });
  announce();
}

/** Ids of the items that were deleted here last: not everything that left this phone was sent. @returns {Promise<Set<string>>} */
export async function deletedItems() {
  return new Set((await (await database()).get("meta", DELETED)) ?? []);
}

/** @param {any} tx @param {string} document */
async function dropPages(tx, document) {
  for (const page of await tx.objectStore("photos").getAll()) {
    if (page.document !== document || !page.unsaved) continue;
    await tx.objectStore("bytes").delete(page.id);
    await tx.objectStore("photos").delete(page.id);
  }
}

/** An entry that was never sent, and what was drawn on its photo. @param {any} tx @param {string} id */
async function dropUnsent(tx, id) {
  for (const row of await tx.objectStore("entries").getAll())
    if (row.id === id || (row.kind === "marked-up" && row.needs.includes(id)))
      await tx.objectStore("entries").delete(row.id);
}

/**
 * Make a refused entry sendable again under a new id, as a new fact.
 * @param {string} id
 */
export async function resend(id) {
  const row = (await all("entries")).find((entry) => entry.id === id && entry.account === owner().account);
  if (!row) return;
  const { kind, audit, body } = JSON.parse(row.raw);
  await put([{ kind, audit, body }], [], { replaces: id });
}

/**
 * Send a refused photo again from its first byte: what damaged it on the way may be over.
 * @param {string} id
 */
export async function retry(id) {
  const fresh = { url: "", offset: 0, restarts: 0, state: "waiting", reason: "", detail: "" };
  await patch("photos", id, fresh);
  announce();
}

/** @param {any} tx @param {NewPhoto} photo @param {number} n */
function addPhoto(tx, { bytes, facts, audit, observation, media, name = "", document = "", ready }, n) {
  const id = uuid7();
  /** @type {StoredPhoto} */
  const row = {
    id,
    n,
    account: owner().account,
    audit,
    observation,
    media,
    name,
    facts,
    phase: ready ? "ready" : "raw",
    size: bytes.byteLength,
    entry: ready?.entry ?? (document ? "" : uuid7()),
    document,
    unsaved: Boolean(document),
    sha256: ready?.sha256 ?? "",
    ...(ready ? { kind: ready.kind } : {}),
    url: "",
    offset: 0,
    restarts: 0,
    state: "waiting",
    reason: "",
    detail: "",
  };
  return Promise.all([tx.objectStore("bytes").add(bytes, id), tx.objectStore("photos").add(row)]);
}

/** @param {any} tx @param {string} document */
async function releasePages(tx, document) {
  for (const photo of await tx.objectStore("photos").getAll())
    if (photo.document === document) await tx.objectStore("photos").put({ ...photo, unsaved: false });
}

/**
 * Put `fresh` in the place of a refused entry: whatever waits behind it now names the new one.
 * @param {any} tx
 * @param {string} old
 * @param {string} fresh
 */
async function replace(tx, old, fresh) {
  await tx.objectStore("entries").delete(old);
  for (const row of await tx.objectStore("entries").getAll()) {
    if (!row.needs.includes(old) && row.object !== old) continue;
    const renamed = JSON.parse(JSON.stringify(row).replaceAll(old, fresh));
    await tx.objectStore("entries").put({ ...renamed, state: "waiting", reason: "", detail: "" });
  }
  for (const photo of await tx.objectStore("photos").getAll()) {
    if (photo.observation === old) await tx.objectStore("photos").put({ ...photo, observation: fresh });
  }
}
