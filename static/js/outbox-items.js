// @ts-check
/**
 * What is only on this phone, as rows for a list.
 *
 * @typedef {import("./store.js").StoredEntry} StoredEntry
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 *
 * @typedef {object} Item one row for a list of what is on this phone
 * @property {"entry" | "photo"} type
 * @property {string} id
 * @property {string} audit
 * @property {string} kind
 * @property {string} state waiting, sending, refused, `blocked` behind something refused, or `unsaved`: a document, until
 *   it is saved one item with all its pages
 * @property {string} reason
 * @property {string} detail
 * @property {number} size
 * @property {number} sent bytes the server already has
 * @property {string} object
 * @property {boolean} editable never sent, so it may still change in place
 * @property {any} entry the parsed entry, or the photo's facts; of what is carried the first author's
 * @property {import("./store.js").FirstAuthor} [first] for whom it is carried
 */

import { owner } from "./owner.js";
import { all } from "./store.js";

const UTF8 = new TextEncoder();

/**
 * Everything of this account that is only on this phone, in the order of keeping: entries, then photos.
 * @returns {Promise<Item[]>}
 */
export async function items() {
  return itemsOf(owner().account);
}

/** The same of another account; of all that recorded here where none is named. @param {string} [account] */
export async function itemsOf(account) {
  const own = (/** @type {{account: string}} */ row) => account === undefined || row.account === account;
  const entries = (await all("entries")).filter(own);
  const kept = (await all("photos")).filter(own);
  const [photos, pages] = [kept.filter((row) => !row.unsaved), kept.filter((row) => row.unsaved)];
  const refused = new Set(entries.filter((row) => row.state === "refused").map((row) => row.id));
  for (const row of entries) if (row.needs.some((/** @type {string} */ id) => refused.has(id))) refused.add(row.id);
  const drawn = new Set(photos.map((photo) => photo.entry));
  return [
    // A photo stands for its own entry as long as its bytes are here.
    ...entries.filter((row) => !drawn.has(row.id)).map((row) => entryItem(row, refused)),
    ...photos.map(photoItem),
    ...documentItems(pages, entries),
  ];
}

/**
 * Whether anything of an object is only on this phone: an entry, or bytes that come after it.
 * @param {string} object
 */
export async function isWaiting(object) {
  return (await items()).some((item) => item.object === object);
}

/** @param {StoredEntry} row @param {Set<string>} refused @returns {Item} */
function entryItem({ id, audit, kind, state, reason, detail, object, attempted, raw, first }, refused) {
  const entry = JSON.parse(raw);
  const shown = state !== "refused" && refused.has(id) ? "blocked" : state;
  const size = UTF8.encode(raw).length;
  return {
    type: "entry",
    id,
    audit,
    kind,
    state: shown,
    reason,
    detail,
    size,
    sent: 0,
    object,
    editable: !attempted,
    entry: first ? JSON.parse(entry.body.raw) : entry,
    first,
  };
}

/** @param {StoredPhoto} row @returns {Item} */
function photoItem(row) {
  const { id, audit, state, reason, detail, size, offset, observation, facts, name, phase, kind, first } = row;
  return {
    type: "photo",
    id,
    audit,
    kind: kind ?? "photographed",
    state,
    reason,
    detail,
    size,
    sent: offset,
    object: observation,
    editable: false,
    entry: { ...facts, name, phase },
    first,
  };
}

/** @param {StoredPhoto[]} pages of documents that aren't saved yet @param {StoredEntry[]} entries @returns {Item[]} */
function documentItems(pages, entries) {
  return [...new Set(pages.map((page) => page.document ?? ""))].map((id) => {
    const own = pages.filter((page) => page.document === id);
    const note = entries.find((row) => row.id === own[0].observation);
    const { stop = "", item = "" } = note ? JSON.parse(note.raw).body : {}; // where its note is found until that is sent
    return {
      ...photoItem(own[0]),
      id,
      kind: "attached",
      state: "unsaved",
      size: own.reduce((sum, page) => sum + page.size, 0),
      entry: { ...own[0].facts, pages: own.length, stop, item },
    };
  });
}
