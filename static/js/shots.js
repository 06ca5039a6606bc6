// @ts-check
/** The strip of a note's photos: what the server has, and before it is there, what this phone has. A tap opens one. */

import { fill, mark, pictureOnPhone } from "./arriving.js";
import { el, status } from "./dom.js";
import { editPhoto } from "./photo-dialog.js";
import { changes, deletedItems } from "./outbox.js";
import { owner } from "./owner.js";
import { all } from "./store.js";
import { say } from "./texts.js";
import { showWaitingLayers } from "./waiting-layers.js";

/** Whether the server's page shows it. @param {HTMLElement} figure */
const isNamed = (figure) => "bases" in figure.dataset;
const UNDRAWN = { drawn: { shapes: [], bases: [] } };

export class Shots {
  /**
   * @param {HTMLElement} root holds `[data-shots]` and `[data-shot-count]`
   * @param {string} audit
   * @param {() => string} observation whose photos to show
   */
  constructor(root, audit, observation) {
    this.audit = audit;
    this.strip = /** @type {HTMLElement} */ (root.querySelector("[data-shots]"));
    this.count = /** @type {HTMLElement} */ (root.querySelector("[data-shot-count]"));
    this.observation = observation;
    /** Pictures taken on this page, by local id. @type {Map<string, HTMLElement>} */
    this.local = new Map();
    /** What is said of each, as last seen. @type {Map<HTMLElement, import("./photo-dialog.js").KnownPhoto>} */
    this.known = new Map();
    changes.addEventListener("change", () => void this.draw());
    this.strip.addEventListener("click", (event) => void this.#open(/** @type {HTMLElement} */ (event.target)));
  }

  /** @param {HTMLElement} target */
  async #open(target) {
    const figure = target.closest("figure");
    if (!figure || !target.closest("[data-edit-photo]")) return;
    await this.draw(); // what is known of it may have come a moment ago
    const { photo, bases, content, drawn } = figure.dataset;
    const known = this.known.get(figure) ?? {
      entry: photo ?? "",
      bases: JSON.parse(bases ?? "[]"),
      content: JSON.parse(content ?? "{}"),
      drawn: JSON.parse(drawn ?? '{"shapes":[],"bases":[]}'),
      local: "",
    };
    const changed = await editPhoto(known, this.audit);
    if (!changed) return;
    if (changed === "gone") {
      figure.remove();
      await this.draw();
    } else this.known.set(figure, changed);
  }

  /** Bring the strip up to what is kept. */
  async draw() {
    const kept = (await all("photos")).filter(
      ({ account, observation, document: page, withdrawn }) =>
        account === owner().account && observation === this.observation() && !page && !withdrawn,
    );
    const waiting = new Map(kept.map((photo) => [photo.id, photo]));
    for (const photo of kept) {
      if (photo.observation !== this.observation()) return; // the next note was begun meanwhile
      if (!this.local.has(photo.id)) await this.#show(photo);
      const figure = this.local.get(photo.id);
      if (!figure || isNamed(figure)) continue; // what the server knows of it is in the page
      const content = photo.content ?? photo.facts;
      const known = this.known.get(figure);
      if (!known)
        this.known.set(figure, { ...UNDRAWN, entry: photo.entry, bases: [photo.entry], content, local: photo.id });
      else if (photo.content) known.content = { ...photo.content, ...photo.facts };
    }
    const deleted = await deletedItems();
    for (const [id, figure] of this.local) mark(figure, waiting.get(id), deleted.has(id));
    await showWaitingLayers(this.strip);
    const total = this.strip.querySelectorAll("figure").length;
    this.strip.hidden = total === 0;
    this.count.hidden = total === 0;
    this.count.textContent = say("photos.n", { n: total });
  }

  /**
   * Show photos that the server has and this page did not know.
   * @param {string[]} hashes
   * @returns {Promise<boolean>} whether there were any
   */
  async add(hashes) {
    const unknown = hashes.filter((sha256) => !this.strip.querySelector(`[data-sha256="${sha256}"]`));
    for (const sha256 of unknown) {
      const picture = this.#fromServer(sha256, say("photo.alt", { n: "" }));
      const said = el("figcaption", {}, status("ok", "sent", say("photo.sent")));
      this.strip.append(el("figure", { "data-sha256": sha256 }, picture, said));
    }
    await this.draw();
    return unknown.length > 0;
  }

  /** @param {string} sha256 @param {string} alt */
  #fromServer(sha256, alt) {
    return el("img", { alt, decoding: "async", src: `/audits/${this.audit}/photos/${sha256}?w=320` });
  }

  /** Forget what belongs to the last note: a new one begins. */
  clear() {
    this.local.clear();
    this.strip.replaceChildren();
    return this.draw();
  }

  /** @param {import("./store.js").StoredPhoto} photo */
  async #show(photo) {
    /** @type {HTMLElement | null} */
    const named = this.strip.querySelector(`figure[data-photo="${CSS.escape(photo.entry)}"]`);
    const figure = named ?? el("figure", { "data-photo": photo.entry }, el("figcaption"));
    this.local.set(photo.id, figure);
    if (named) {
      await fill(named, photo);
      return;
    }
    const picture = (await pictureOnPhone(photo)) ?? this.#fromServer(photo.sha256, "");
    if (this.local.get(photo.id) !== figure) return; // the next note was begun meanwhile
    const number = String(this.strip.querySelectorAll("figure").length + 1);
    const button = el(
      "button",
      { class: "shot", type: "button", "data-edit-photo": "", "aria-label": say("photo.alt", { n: number }) },
      picture,
    );
    figure.prepend(button);
    this.strip.append(figure);
  }
}
