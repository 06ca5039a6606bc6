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
 * @property {string} state waiting, sending, refused, or `blocked` behind something refused
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
  const { account } = owner();
  const entries = (await all("entries")).filter((row) => row.account === account);
  const photos = (await all("photos")).filter((row) => row.account === account && !row.unsaved);
  const refused = new Set(entries.filter((row) => row.state === "refused").map((row) => row.id));
  for (const row of entries) if (row.needs.some((/** @type {string} */ id) => refused.has(id))) refused.add(row.id);
  const drawn = new Set(photos.map((photo) => photo.entry));
  return [
    // A photo stands for its own entry as long as its bytes are here.
    ...entries.filter((row) => !drawn.has(row.id)).map((row) => entryItem(row, refused)),
    ...photos.map(photoItem),
  ];
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
