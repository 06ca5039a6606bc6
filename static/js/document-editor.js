// @ts-check
/**
 * Document mode: pages photographed one after the other, each cut out and straightened, become one attachment with
 * title, number, issuer, date and holder. Pages are on the phone as they are taken and are sent once it is saved;
 * until then the whole is a draft of its note.
 *
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 * @typedef {{audit: string, observation: () => string, keepNote: () => Promise<boolean>, place: () => string}} Where
 */

import { editCorners } from "./corner-editor.js";
import { ask } from "./dialog.js";
import { el, icon } from "./dom.js";
import { dropDraft, loadDraft, ownKey, saveDraft } from "./drafts.js";
import { editorDialog } from "./editor-dialog.js";
import "./editor-texts.js";
import { languageOf } from "./language.js";
import * as outbox from "./outbox.js";
import { developPhotos } from "./photos.js";
import { all, database, patch } from "./store.js";
import { straighten } from "./straighten.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";
import { Viewfinder } from "./viewfinder.js";

const FIELDS = ["title", "number", "issuer", "date", "holder"];

/** @param {string} id @param {StoredPhoto["corners"]} corners */
function lookOf(id, corners) {
  return `${id} ${JSON.stringify(corners)}`;
}

/** @param {Where} where */
function draftOf({ observation }) {
  return `document/${observation()}`;
}

class DocumentEditor {
  /** @param {Where} where @param {{id: string, fields: Record<string, string>}} [begun] */
  constructor(where, begun) {
    this.where = where;
    this.id = begun?.id ?? uuid7();
    this.form = el("form", { class: "stack", method: "dialog", novalidate: "" }, ...FIELDS.map((name) => field(name, begun?.fields[name])));
    this.pages = el("ol", { class: "flex pages", "data-pages": "" });
    this.message = el("p", { class: "note", "data-k": "nc", role: "alert", hidden: "" }, icon("warn"), el("span"));
    /** What each page looks like, by local id and corners. @type {Map<string, Promise<string>>} */
    this.previews = new Map();
    /** The line of each page as it stands, so that none is made anew under a thumb. @type {Map<string, HTMLElement>} */
    this.lines = new Map();
    const body = el("div", { class: "stack g4" }, this.message, camera(), this.pages, this.form);
    this.dialog = editorDialog({
      title: say("document.title"),
      stage: body,
      tools: [
        el(
          "p",
          { class: "flex" },
          el("button", { class: "btn shutter grow", type: "button", "data-shutter": "" }, icon("cam"), say("camera.start")),
          chooser("cam", "document.app", { "data-camera-app": "", capture: "environment" }),
          chooser("plus", "document.gallery", { "data-gallery": "", multiple: "" }),
        ),
      ],
      save: () => this.#save(),
      close: () => this.#close(),
    });
    this.dialog.classList.add("scrolls");
    this.viewfinder = new Viewfinder(this.dialog, {
      take: (pictures) => this.#take(pictures),
      outside: () => this.#keepDraft(),
      facts: () => ({ subject: "document", place: where.place() }),
    });
    /** @type {Promise<void>} */
    this.done = new Promise((resolve) => {
      this.finish = () => {
        this.viewfinder.rest();
        outbox.changes.removeEventListener("change", this.redraw);
        for (const look of this.previews.values()) void look.then((url) => URL.revokeObjectURL(url));
        this.dialog.remove();
        resolve();
      };
    });
    this.redraw = () => void this.draw();
    outbox.changes.addEventListener("change", this.redraw);
    this.form.addEventListener("input", () => void this.#keepDraft());
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  get fields() {
    return Object.fromEntries(FIELDS.map((name) => [name, String(new FormData(this.form).get(name) ?? "").trim()]));
  }

  /** The pages taken so far, in their order. @returns {Promise<StoredPhoto[]>} */
  async #taken() {
    return (await all("photos")).filter((photo) => photo.document === this.id);
  }

  #keepDraft() {
    return saveDraft(draftOf(this.where), this.where.audit, { id: this.id, fields: this.fields }, false);
  }

  /** @param {import("./note.js").Picture[]} pictures @returns {Promise<boolean>} */
  async #take(pictures) {
    if (!pictures.length) return true;
    if (!(await this.where.keepNote())) return false;
    try {
      await this.#keepDraft();
      const { audit, observation } = this.where;
      const pages = pictures.map((picture) => ({ ...picture, audit, observation: observation(), document: this.id }));
      await outbox.put([], pages);
    } catch {
      this.#complain(say("storage.full"));
      return false;
    }
    this.message.hidden = true;
    void developPhotos();
    return true;
  }

  /** Bring the row of pages up to what is kept. */
  async draw() {
    const taken = await this.#taken();
    const looks = await Promise.all(taken.map((page) => this.#preview(page)));
    const shown = taken.map((page, at) => this.#line(page, at + 1, looks[at]));
    const isSame = shown.length === this.pages.children.length && shown.every((line, at) => line === this.pages.children[at]);
    if (!isSame) this.pages.replaceChildren(...shown);
    this.dialog.dataset.pages = String(taken.length);
  }

  /** @param {StoredPhoto} page @param {number} number @param {string} look @returns {HTMLElement} */
  #line(page, number, look) {
    const key = `${page.id} ${number} ${look}`;
    const line = this.lines.get(key) ?? this.#page(page, number, look);
    this.lines.set(key, line);
    return line;
  }

  /** @param {StoredPhoto} page @param {number} number @param {string} look */
  #page(page, number, look) {
    const picture = el("img", { alt: "", ...(look ? { src: look } : {}) });
    const open = el(
      "button",
      { class: "shot", type: "button", "data-straighten": page.id, "aria-label": say("document.straighten", { n: number }) },
      picture,
    );
    open.addEventListener("click", () => void this.#straighten(page.id));
    const remove = el(
      "button",
      { class: "ib", type: "button", "aria-label": say("document.drop", { n: number }) },
      icon("x"),
    );
    remove.addEventListener("click", () => void outbox.remove(page.id));
    return el("li", {}, open, el("p", { class: "flex between small" }, String(number), remove));
  }

  /**
   * What a page will look like. Each look is made once, however often the row is drawn meanwhile: corners guessed a
   * second time would replace those that were set by thumb.
   * @param {StoredPhoto} page @returns {Promise<string>}
   */
  #preview(page) {
    const key = lookOf(page.id, page.corners);
    const look = this.previews.get(key) ?? this.#look(page);
    this.previews.set(key, look);
    return look;
  }

  /** The first time, the corners are guessed. @param {StoredPhoto} page @returns {Promise<string>} */
  async #look(page) {
    const bytes = await (await database()).get("bytes", page.id);
    const made = bytes && (await straighten(bytes, page.media, page.corners));
    const url = made ? URL.createObjectURL(made.preview) : "";
    if (page.corners !== undefined) return url;
    const corners = made?.corners ?? null;
    this.previews.set(lookOf(page.id, corners), Promise.resolve(url));
    await patch("photos", page.id, { corners });
    return url;
  }

  /** @param {string} id */
  async #straighten(id) {
    const page = (await this.#taken()).find((one) => one.id === id);
    const bytes = page && (await (await database()).get("bytes", id));
    if (!page || !bytes) return;
    const corners = await editCorners(new Blob([bytes], { type: page.media }), page.corners ?? undefined);
    if (corners === undefined) return;
    await patch("photos", id, { corners });
    await this.draw();
  }

  async #save() {
    const [taken, { title, ...more }] = [await this.#taken(), this.fields];
    if (!taken.length) return this.#complain(say("document.no.page"));
    if (!title) return this.#complain(say("document.no.title"), "title");
    await developPhotos();
    const pages = await this.#developed();
    const body = {
      title: { [languageOf(title)]: title },
      observation: this.where.observation(),
      ...Object.fromEntries(Object.entries(more).filter(([, value]) => value)),
      pages: pages.map(toPage),
    };
    try {
      const entry = { kind: "attached", id: this.id, audit: this.where.audit, object: body.observation, body };
      await outbox.put([entry], [], { draft: ownKey(draftOf(this.where)), document: this.id });
    } catch {
      return this.#complain(say("storage.full"));
    }
    void sendNow();
    this.finish?.();
    return undefined;
  }

  /** The pages once each has its hash: the worker is at it, and says so. @returns {Promise<StoredPhoto[]>} */
  #developed() {
    return new Promise((resolve) => {
      const look = async () => {
        const taken = await this.#taken();
        if (taken.some((page) => page.phase === "raw")) return;
        outbox.changes.removeEventListener("change", look);
        resolve(taken);
      };
      outbox.changes.addEventListener("change", look);
      void look();
    });
  }

  /** Closing keeps the draft: pages were taken, nobody throws them away by a slip. */
  async #close() {
    const taken = await this.#taken();
    if (!taken.length) {
      await dropDraft(draftOf(this.where));
    } else if (await ask(say("document.drop.all", { n: taken.length }), say("document.drop.yes"), say("document.later"))) {
      for (const page of taken) await outbox.remove(page.id);
      await dropDraft(draftOf(this.where));
    }
    this.finish?.();
  }

  /** @param {string} words @param {string} [name] the field it is about */
  #complain(words, name = "") {
    this.message.hidden = false;
    /** @type {HTMLElement} */ (this.message.querySelector("span")).textContent = words;
    this.message.scrollIntoView({ block: "nearest" });
    if (name) /** @type {HTMLElement | null} */ (this.form.elements.namedItem(name))?.focus();
  }
}

/** Take a document for a note, or go on with one that was begun. @param {Where} where @returns {Promise<void>} when it is closed */
export async function takeDocument(where) {
  const draft = await loadDraft(draftOf(where));
  const editor = new DocumentEditor(where, draft?.form);
  await editor.draw();
  if (editor.dialog.isConnected) await editor.viewfinder.open(); // else it was closed meanwhile
  return editor.done;
}

/** @param {StoredPhoto} page as the entry says it */
function toPage({ content = {}, corners }) {
  const { sha256, camera_sha256, size, width, height, taken_at } = content;
  const known = { sha256, camera_sha256, size, width, height, taken_at, corners };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== null));
}

/** @param {string} name @param {string} [value] */
function field(name, value = "") {
  const input = el("input", { class: "in", name, value, ...(name === "title" ? { required: "" } : {}) });
  if (name === "date") input.placeholder = "2026-05-18";
  return el("label", { class: "field" }, el("span", {}, say(`document.${name === "title" ? "name" : name}`)), input);
}

/** The camera's picture, as `viewfinder.js` wants it. */
function camera() {
  const video = el("video", { playsinline: "", autoplay: "" });
  video.muted = true;
  const lamp = el("button", { class: "ib", type: "button", "data-torch": "", "aria-pressed": "false", hidden: "" }, say("document.lamp"));
  const message = el("p", { class: "note", "data-k": "nc", "data-camera-message": "", role: "alert", hidden: "" }, icon("nocam"), el("span"));
  return el("div", {}, el("section", { class: "viewfinder", "data-camera": "", hidden: "" }, video, lamp), message);
}

/** @param {string} symbol @param {string} words @param {Record<string, string>} attributes */
function chooser(symbol, words, attributes) {
  const input = el("input", { type: "file", accept: "image/*", ...attributes });
  return el("label", { class: "btn file" }, icon(symbol), say(words), input);
}
