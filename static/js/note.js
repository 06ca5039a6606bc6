// @ts-check
/**
 * One note while it is being written: an observation that may be new, kept but unsent, or long on the server.
 * Decides whether what changed is written in place or becomes an amendment, and keeps photos with it.
 *
 * @typedef {{bytes: ArrayBuffer, media: string, name?: string, facts: import("./store.js").PhotoFacts}} Picture
 *
 * @typedef {object} NoteStart
 * @property {string} audit
 * @property {string} [observation] id, if it exists already
 * @property {string[]} [bases] heads seen on the server
 * @property {Record<string, any> | null} [content] as the server has it
 *
 * @typedef {{id: string, content: Record<string, any>}} Keeping what is being kept; whether it was is not known yet
 */

import * as outbox from "./outbox.js";
import { ownKey } from "./drafts.js";
import { uuid7 } from "./uuid7.js";

export class Note {
  /** @param {NoteStart} start */
  constructor({ audit, observation, bases = [], content = null }) {
    this.audit = audit;
    this.id = observation ?? uuid7();
    /** Versions that the next amendment replaces; empty while nothing was kept. */
    this.bases = bases;
    /** The entry that may still change in place, if it was not sent meanwhile. */
    this.open = "";
    /** @type {Record<string, any> | null} */
    this.content = content;
    /** A refused entry that this note takes the place of. */
    this.replaces = "";
    /** The oldest first. @type {Keeping[]} */
    this.underway = [];
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
  }

  /** Whether there is anything of it, here or on the server. */
  get exists() {
    return this.bases.length > 0;
  }

  /** Take in what this phone kept of it and has not sent. */
  async catchUp() {
    const pending = await outbox.pendingOf(this.id);
    const own = pending.filter((row) => row.kind === "observed" || row.kind === "amended").at(-1);
    if (!own || outbox.isBesideAnother(own.id, this.bases)) return;
    const { body } = JSON.parse(own.raw);
    this.content = own.kind === "observed" ? body : (body.observation ?? this.content);
    if (own.kind === "amended" && own.state === "refused") {
      // Nothing can stand on what the server refused: what is written now takes its place.
      this.replaces = own.id;
      if (!this.exists) this.bases = body.bases;
      return;
    }
    this.bases = [own.id];
    this.open = own.id;
  }

  /**
   * Go on with a note that another of one's devices took for this one: photos on which nothing was written yet.
   * @param {import("./shared-draft.js").Joined} joined
   * @returns {boolean} whether it is this one; false where either was written on, and both stand
   */
  join({ id, heads, content }) {
    if (this.exists || content.text?.zh || content.text?.en || content.outcome) return this.id === id;
    [this.id, this.bases, this.content] = [id, heads, content];
    return true;
  }

  /**
   * Keep the note as it is now, and photos with it. One after the other, however fast the shutter goes.
   * @param {Record<string, any>} content the whole observation
   * @param {Picture[]} [pictures]
   * @param {string} [draft] key of the draft that this makes superfluous
   * @returns {Promise<void>} after the commit
   */
  keep(content, pictures = [], draft = "") {
    const keeping = { id: uuid7(), content };
    this.underway.push(keeping);
    const kept = this.turn
      .then(() => this.#keep(keeping, pictures, draft && ownKey(draft)))
      .finally(() => this.underway.shift());
    this.turn = kept.catch(() => undefined);
    return kept;
  }

  /** @param {Keeping} keeping @param {Picture[]} pictures @param {string} draft */
  async #keep({ id, content }, pictures, draft) {
    const photos = pictures.map((picture) => ({ ...picture, audit: this.audit, observation: this.id }));
    const changed = !this.exists || Boolean(this.replaces) || !same(content, this.content);
    const isRevised = changed && Boolean(this.open) && (await outbox.revise(this.open, content));
    const entry = changed && !isRevised ? this.#entry(id, content) : undefined;
    const [bases, open] = entry ? [[entry.id], entry.id] : [this.bases, this.open];
    const replaces = isRevised ? "" : this.replaces;
    await outbox.put(entry ? [entry] : [], photos, { draft, kept: { id, bases, open }, replaces });
    Object.assign(this, { bases, open, content });
    if (!isRevised) this.replaces = "";
  }

  /** @param {string} id of an amendment @param {Record<string, any>} content */
  #entry(id, content) {
    if (!this.exists) return { kind: "observed", audit: this.audit, id: this.id, body: content };
    const body = { target: this.id, bases: this.bases, observation: content };
    return { kind: "amended", audit: this.audit, id, object: this.id, body };
  }
}

/** @param {unknown} one @param {unknown} other */
export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The value with its keys in order, so that only content is compared. @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
