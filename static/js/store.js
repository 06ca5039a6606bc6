// @ts-check
/**
 * What is kept on this phone: the one place that opens IndexedDB. Pages, the photo worker and a service worker use it.
 *
 * Every write that somebody relies on is one strict-durability transaction. Bytes are ArrayBuffers, because WebKit
 * loses Blobs. Shapes only grow: a newer version of the program must be able to send what an older one kept.
 *
 * @typedef {"waiting" | "sending" | "refused"} ItemState
 *
 * @typedef {object} StoredEntry
 * @property {string} id
 * @property {number} n place in the order in which things were kept on this phone
 * @property {string} account principal whose entry this is; only that account sends it
 * @property {string} audit
 * @property {string} kind
 * @property {string} raw the entry's JSON, serialised once; these characters are what is sent
 * @property {string} object id of the observation, finding … that the entry is about; the entry's own id if it begins one
 * @property {string[]} needs ids of entries that must have arrived before this one is sent
 * @property {boolean} attempted once true the characters of `raw` never change again
 * @property {ItemState} state
 * @property {string} reason stable code of the last refusal or hindrance
 * @property {string} detail
 * @property {FirstAuthor} [first] of an entry that is carried for a colleague
 *
 * @typedef {{entry: string, by: string, name: string}} FirstAuthor whose entry it is, and its id
 *
 * @typedef {object} StoredPhoto
 * @property {string} id local id
 * @property {number} n
 * @property {string} account
 * @property {string} audit
 * @property {string} observation what it is a photo of; for other bytes the object of their entry
 * @property {string} [kind] of the entry that the bytes belong to, where it isn't `photographed`: signed, attached
 * @property {"raw" | "ready"} phase the store `bytes` holds the camera's bytes while `raw`, the upload's once `ready`
 * @property {string} media
 * @property {string} name file name, if it had one
 * @property {number} size of the bytes
 * @property {PhotoFacts} facts
 * @property {string} entry id of the `photographed` entry; made before the entry itself, so that a redo makes the same one
 * @property {string} [document] id of the `attached` entry that this is a page of: then it has no entry of its own
 * @property {boolean} [unsaved] a page of a document that isn't saved yet, which is a draft: not to be sent
 * @property {import("./warp.js").Corners | null} [corners] null: all of it; of the page in its photo, as shares of width and height
 * @property {string} sha256 of the bytes, once ready
 * @property {Record<string, any>} [content] the body of that entry, once ready
 * @property {{entry: string, shapes: import("./layer.js").Shape[]}} [layer] what was drawn on it while it was raw, and
 *   the id of the `marked-up` entry that this becomes
 * @property {FirstAuthor} [first] of a photo that is carried for a colleague
 * @property {boolean} [withdrawn] taken back after its entry was sent: its note shows it no more
 * @property {string} url of the upload, once the server gave one
 * @property {number} offset bytes the server has
 * @property {number} restarts how often the server found other bytes than the hash says
 * @property {ItemState} state
 * @property {string} reason
 * @property {string} detail
 *
 * @typedef {object} PhotoFacts what the entry will say of the photo
 * @property {string} taken_at
 * @property {string} subject
 * @property {string} place
 * @property {[number, number, number]} [position] latitude, longitude (degrees), accuracy (metres)
 * @property {number} [heading] degrees clockwise from north
 * @property {{zh?: string, en?: string}} [caption]
 *
 * @typedef {object} Draft a form as it was when somebody last paused
 * @property {string} key
 * @property {string} account
 * @property {string} audit
 * @property {string} saved_at
 * @property {boolean} camera whether a camera outside the page was open
 * @property {any} form
 */

import { openDB, unwrap } from "../vendor/idb.js";
import { awake, endWithPage } from "./asleep.js";

const NAME = "clausewalk";
const VERSION = 1;
/** @type {Promise<any> | undefined} */
let opened;

/** The database, opened once per page; opened again if the browser closes it. */
export async function database() {
  await awake();
  opened ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("entries", { keyPath: "id" }).createIndex("n", "n");
      db.createObjectStore("photos", { keyPath: "id" }).createIndex("n", "n");
      // Bytes apart from what is said of them: listing, or noting how far an upload is, must not move megabytes.
      db.createObjectStore("bytes");
      db.createObjectStore("drafts", { keyPath: "key" });
      db.createObjectStore("meta");
    },
    blocking(_current, _wanted, event) {
      // Another tab has a newer version of the program: let it upgrade; the next use here opens again.
      opened = undefined;
      /** @type {IDBDatabase} */ (event.target).close();
    },
    terminated() {
      opened = undefined;
    },
  }).then(
    (db) => {
      endWithPage(unwrap(db));
      return db;
    },
    (error) => {
      opened = undefined;
      throw error;
    },
  );
  return opened;
}

/**
 * Run `job` in one strict-durability transaction over `stores`; resolves with its result after the commit.
 * @template T
 * @param {string[]} stores
 * @param {(tx: any) => Promise<T>} job only awaits requests of this transaction
 * @returns {Promise<T>}
 */
export async function write(stores, job) {
  const db = await database();
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  try {
    const result = await job(tx);
    await tx.done;
    return result;
  } catch (error) {
    tx.done.catch(() => undefined);
    try {
      tx.abort();
    } catch {
      // already aborted by the failure itself
    }
    throw tx.error ?? error;
  }
}

/**
 * Change one row in place, if it is still there.
 * @param {"entries" | "photos"} store
 * @param {string} id
 * @param {Record<string, unknown>} change
 */
export function patch(store, id, change) {
  return write([store], async (tx) => {
    const row = await tx.objectStore(store).get(id);
    if (row) await tx.objectStore(store).put({ ...row, ...change });
  });
}

/** Whether the phone refused to write because it is full. @param {unknown} error */
export function isFull(error) {
  return error instanceof Error && error.name === "QuotaExceededError";
}

/**
 * Marks for which there was no room: they hold as long as this page lives. A full phone must be able to send, because
 * sending is what makes room.
 * @type {Map<string, Record<string, unknown>>}
 */
const marks = new Map();

/** @param {string} store @param {any} row @returns {any} the row with its marks */
export function marked(store, row) {
  return row && { ...row, ...marks.get(`${store}/${row.id}`) };
}

/**
 * Note how far the sending of something is; where there is no room for that, only in this page.
 * @param {"entries" | "photos"} store
 * @param {string[]} ids
 * @param {Record<string, unknown>} change
 * @returns {Promise<any[]>} the rows that are still there, as they are from now on
 */
export async function mark(store, ids, change) {
  const db = await database();
  const fresh = async (/** @type {any} */ objects) =>
    (await Promise.all(ids.map((id) => objects.get(id))))
      .filter(Boolean)
      .map((/** @type {any} */ row) => ({ ...marked(store, row), ...change }));
  try {
    const rows = await write([store], async (tx) => {
      const found = await fresh(tx.objectStore(store));
      for (const row of found) await tx.objectStore(store).put(row);
      return found;
    });
    for (const { id } of rows) marks.delete(`${store}/${id}`);
    return rows;
  } catch (error) {
    if (!isFull(error)) throw error;
    const rows = await fresh(db.transaction(store).objectStore(store));
    for (const { id } of rows) marks.set(`${store}/${id}`, { ...marks.get(`${store}/${id}`), ...change });
    return rows;
  }
}

/**
 * The next place in the order of keeping. Taken inside the transaction that uses it, so two tabs never get the same.
 * @param {any} tx
 * @param {"entries" | "photos"} store
 * @returns {Promise<number>}
 */
export async function nextPlace(tx, store) {
  const last = await tx.objectStore(store).index("n").openCursor(null, "prev");
  return last ? last.value.n + 1 : 1;
}

/**
 * The id of this device, made once.
 * @param {() => string} makeId
 * @returns {Promise<string>}
 */
export function deviceId(makeId) {
  return write(["meta"], async (tx) => {
    const known = await tx.objectStore("meta").get("device");
    if (known) return known;
    const made = makeId();
    await tx.objectStore("meta").put(made, "device");
    return made;
  });
}

/**
 * @param {"entries" | "photos" | "drafts"} store
 * @returns {Promise<any[]>} everything, in the order of keeping
 */
export async function all(store) {
  const db = await database();
  if (store === "drafts") return db.getAll(store);
  const rows = await db.getAllFromIndex(store, "n");
  return rows.map((/** @type {any} */ row) => marked(store, row));
}
