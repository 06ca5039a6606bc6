// @ts-check
/**
 * A note that is being written here and is not saved, as its author's other devices get it (docs/sync.md): they may
 * take photos for it. What they took comes back, and the note goes on as theirs. Never in the way of writing: without
 * a network nothing is shared, and nothing waits for it.
 *
 * @typedef {object} Joined a note that another device took for this one
 * @property {string} id
 * @property {string[]} heads
 * @property {Record<string, any>} content
 * @property {string[]} photos hashes
 *
 * @typedef {{id: string, stop: string, item: string, words: string, device: string, here: boolean, joined: Joined[]}}
 *   Shared
 */

import { request } from "./net.js";
import { owner } from "./owner.js";

const EVERY_MS = 5_000;
const WORDS = 200;

/**
 * One's own drafts in an audit, on whatever device; none without a network.
 * @param {string} audit
 * @returns {Promise<Shared[]>}
 */
export async function sharedDrafts(audit) {
  const answer = await request(`/audits/${audit}/drafts`, {}, owner());
  return answer.kind === "ok" && Array.isArray(answer.json?.drafts) ? answer.json.drafts : [];
}

/** What is told of one note while it is being written, and what comes back for it. */
export class SharedDraft {
  /** @param {{audit: string, stop: string, item: string}} place @param {(joined: Joined) => void} came */
  constructor({ audit, stop, item }, came) {
    this.audit = audit;
    this.place = { stop, item };
    this.came = came;
    this.id = "";
    this.words = "";
    this.told = "";
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /** What is being written now; often called, seldom sent. @param {string} id @param {string} text */
  tell(id, text) {
    const words = text.trim().slice(0, WORDS);
    if (!words) return;
    const isNew = id !== this.id;
    [this.id, this.words] = [id, words];
    if (!isNew) return;
    this.told = "";
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.#round(), EVERY_MS);
    void this.#round();
  }

  /** The note was saved or given up. @param {string} [id] of a draft that was told before this page was opened */
  async end(id = this.id) {
    clearInterval(this.timer);
    [this.id, this.words, this.told] = ["", "", ""];
    if (id) await this.#takeBack(id);
  }

  /** @param {string} id */
  #takeBack(id) {
    return request(`/audits/${this.audit}/drafts/${id}`, { method: "DELETE", keepalive: true }, owner());
  }

  async #round() {
    if (document.visibilityState !== "visible") return;
    const { id, words } = this;
    if (words !== this.told) {
      const init = {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...this.place, words }),
      };
      const answer = await request(`/audits/${this.audit}/drafts/${id}`, init, owner());
      if (id !== this.id) {
        await this.#takeBack(id); // saved meanwhile: what was on its way may have come after its end
        return;
      }
      if (answer.kind === "ok") this.told = words;
    }
    const own = (await sharedDrafts(this.audit)).find((draft) => draft.id === id && id === this.id);
    if (own?.joined[0]) this.came(own.joined[0]);
  }
}
