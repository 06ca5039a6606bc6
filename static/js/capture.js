// @ts-check
/**
 * The page that captures a note, or changes one's own. Text, one photo or an outcome is enough; the shutter saves.
 * Whatever is typed is a draft after every pause, and a note only when it was committed on this phone.
 */

import { askedAbout } from "./capture-item.js";
import { CaptureForm } from "./capture-form.js";
import { isBlank, toContent, toFields } from "./capture-fields.js";
import { hourMinute } from "./clock.js";
import { pageData } from "./dom.js";
import { dropDraft, forgetLeft, leaveDraft, loadDraft, ownKey, saveDraft } from "./drafts.js";
import { goOn } from "./leaving.js";
import { Note, same } from "./note.js";
import * as outbox from "./outbox.js";
import { developPhotos } from "./photos.js";
import { Documents } from "./documents.js";
import { openFor } from "./owner.js";
import { SharedDraft, sharedDrafts } from "./shared-draft.js";
import { Shots } from "./shots.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";
import { Viewfinder } from "./viewfinder.js";
import { follow, whereabouts } from "./whereabouts.js";

const PAUSE_MS = 400;

class Capture {
  /** @param {HTMLFormElement} root */
  constructor(root) {
    const query = new URLSearchParams(location.search);
    this.page = askedAbout(query.get("item") ?? "", pageData(), root);
    this.root = root;
    this.form = new CaptureForm(root, this.page, () => this.#paused());
    /** A note that only this phone has, to go on with. */
    this.local = query.get("note") ?? "";
    /** A refused note that this one takes the place of. */
    this.replaces = query.get("replaces") ?? "";
    this.note = new Note({ ...this.page, observation: this.page.observation ?? (this.local || undefined) });
    this.note.replaces = this.replaces;
    /** The draft on another of one's devices that photos are taken for here. */
    this.joins = query.get("for") ?? "";
    const known = this.page.observation ?? (this.local || this.replaces);
    const place = `new/${this.page.audit}/${this.page.stop}/${this.page.item}`;
    this.key = known ? `note/${known}` : this.joins ? `${place}/for/${this.joins}` : place;
    this.shared = new SharedDraft(this.page, (joined) => void this.#join(joined));
    this.shots = new Shots(root, this.page.audit, () => this.note.id);
    this.documents = new Documents(root, this.page.audit, {
      observation: () => this.note.id,
      keepNote: () => this.#keep([]),
      letGo: () => this.viewfinder?.rest(),
      place: () => this.form.fields.area,
    });
    this.base = this.page.content ?? this.page.start;
    if (this.joins) this.page.start = this.base = { ...this.base, joins: this.joins };
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.outside = false;
    this.saving = false;
  }

  async open() {
    const draft = await this.#unfinished();
    if (draft?.form.note && !this.page.observation) Object.assign(this.note, draft.form.note);
    else if (draft?.form.id && !this.note.exists) this.note.id = draft.form.id; // what other devices know it by
    await this.note.catchUp();
    if (this.local && !this.note.exists) {
      location.replace(`/audits/${this.page.audit}/observations/${this.local}`); // it arrived meanwhile
      return;
    }
    this.base = this.note.content ?? (await this.#refused()) ?? this.page.start;
    this.form.fill(draft?.form.fields ?? toFields(this.base));
    if (draft) this.#restored(draft);
    if (this.page.positions) follow();
    this.viewfinder = new Viewfinder(document, {
      take: (pictures) => this.#take(pictures),
      outside: (open) => this.#cameraOutside(open),
      facts: (now) => ({
        subject: this.form.subject,
        place: this.form.fields.area,
        ...(now && this.page.positions ? whereabouts() : {}),
      }),
    });
    this.#listen();
    await this.shots.draw();
    await this.documents.draw();
    void this.#look();
  }

  /** The draft, unless it says what was kept after all while its page was left. */
  async #unfinished() {
    const draft = await loadDraft(this.key);
    const kept = draft?.form.underway?.length && (await outbox.lastKept(ownKey(this.key)));
    const done = kept && draft?.form.underway.find((/** @type {any} */ { id }) => id === kept.id);
    if (!draft || !done) return draft;
    const { form, camera } = draft;
    if (camera || !same(toContent(form.fields, done.content), done.content)) {
      form.note = { id: form.id, bases: kept.bases, open: kept.open, content: done.content };
      return draft;
    }
    await dropDraft(this.key);
    void this.shared.end(form.id);
    return undefined;
  }

  /** Writing never waits for the camera. */
  async #look() {
    await this.viewfinder?.open();
    this.root.dataset.ready = "";
    if (this.joins) await this.#showJoined();
  }

  /** Say for what photos are taken here. */
  async #showJoined() {
    const line = /** @type {HTMLElement} */ (this.root.querySelector("[data-joins]"));
    line.hidden = false;
    const draft = (await sharedDrafts(this.page.audit)).find(({ id }) => id === this.joins);
    /** @type {HTMLElement} */ (line.querySelector("[data-words]")).textContent = draft?.words ?? "";
  }

  /** Photos came for what is being written here. @param {import("./shared-draft.js").Joined} joined */
  async #join(joined) {
    if (!this.note.join(joined)) return;
    this.base = this.note.content ?? this.base;
    if (await this.shots.add(joined.photos)) this.form.tell("ok", "cam", say("draft.joined"));
  }

  /** The content of the refused note that this one takes the place of. */
  async #refused() {
    const [row] = this.replaces ? await outbox.pendingOf(this.replaces) : [];
    return row && JSON.parse(row.raw).body;
  }

  #listen() {
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      const again = /** @type {HTMLElement | null} */ (event.submitter)?.dataset.again !== undefined;
      void this.#submitted(again);
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.#flush());
    addEventListener("pagehide", () => this.#dirty && leaveDraft(...this.#draft));
  }

  /** Something was typed or chosen. */
  #paused() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#flush(), PAUSE_MS);
  }

  /** Write the draft, if there is anything that was not kept yet. */
  async #flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.#dirty) return;
    await saveDraft(...this.#draft);
    this.form.tell("ok", "check", say("draft.saved", { time: hourMinute() }));
    if (!this.note.exists && !this.joins) this.shared.tell(this.note.id, this.form.fields.text);
  }

  /**
   * The draft: the fields, which note they belong to if the shutter already kept it, and what is just being kept of it.
   * @returns {[string, string, any, boolean]}
   */
  get #draft() {
    const { id, bases, open, content, underway } = this.note;
    const note = this.note.exists ? { id, bases, open, content } : undefined;
    return [this.key, this.page.audit, { fields: this.form.fields, note, id, underway }, this.outside];
  }

  get #dirty() {
    return JSON.stringify(this.form.fields) !== this.form.clean;
  }

  /** @param {import("./store.js").Draft} draft */
  #restored(draft) {
    const lines = [say("draft.restored", { time: hourMinute(new Date(draft.saved_at)) })];
    if (draft.camera) lines.push(say("draft.photo.lost"));
    this.form.restored(lines.join(" "), async () => {
      this.form.clean = JSON.stringify(this.form.fields); // else leaving the page would keep it anew
      await dropDraft(this.key);
      await this.shared.end(draft.form.id);
      location.reload();
    });
  }

  /** A camera outside the page opens: from now on the phone may kill this page. @param {boolean} open */
  async #cameraOutside(open) {
    this.outside = open;
    if (open) await saveDraft(...this.#draft);
    else if (this.#dirty) await this.#flush();
    else await dropDraft(this.key);
  }

  /** @param {import("./note.js").Picture[]} pictures @returns {Promise<boolean>} */
  async #take(pictures) {
    if (!pictures.length) return true;
    const kept = await this.#keep(pictures);
    if (kept) void developPhotos();
    else
      for (const picture of pictures)
        this.form.offer(picture.name || "photo.jpg", new Blob([picture.bytes], { type: picture.media }));
    return kept;
  }

  /** A second tap while a note is being saved would begin one of nothing. @param {boolean} again */
  async #submitted(again) {
    if (this.saving) return;
    this.saving = true;
    try {
      await this.#save(again);
    } finally {
      this.saving = false;
    }
  }

  /** @param {boolean} again begin the next note here instead of going back */
  async #save(again) {
    await this.viewfinder?.shots.catch(() => undefined); // what was pressed before belongs to this note
    const blank = isBlank(this.form.fields) && !this.note.exists;
    if (blank) {
      this.form.complain(say("note.empty"));
      return;
    }
    if (!(await this.#keep([]))) return;
    if (!again) {
      goOn(this.page.back);
      return;
    }
    // What was typed while it was being kept belongs to it, too.
    while (this.#dirty) if (!(await this.#keep([]))) return;
    this.note = new Note({ audit: this.page.audit });
    this.base = this.page.start;
    this.form.fill(toFields(this.base));
    this.form.begin(); // in one go: a focus that comes later would take the next words to the wrong field
    void this.shots.clear();
    void this.documents.clear();
  }

  /**
   * Commit on this phone; the form stays as it is until that is done.
   * @param {import("./note.js").Picture[]} pictures
   */
  async #keep(pictures) {
    clearTimeout(this.timer);
    const fields = this.form.fields;
    try {
      await this.note.keep(toContent(fields, { seen_at: this.form.begun, ...this.base }), pictures, this.key);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    forgetLeft(ownKey(this.key));
    this.base = this.note.content ?? this.base;
    this.form.clean = JSON.stringify(fields);
    void this.shared.end();
    this.form.tell("ok", "check", say("note.saved", { time: hourMinute() }));
    void sendNow();
    return true;
  }

  /** @param {unknown} error */
  #failed(error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    const key = error instanceof outbox.TooLarge ? "note.too.large" : full ? "storage.full" : "storage.failed";
    this.form.complain(say(key));
    const note = new Blob([JSON.stringify(this.form.fields, null, 2)], { type: "application/json" });
    if (key !== "note.too.large") this.form.offer("note.json", note);
  }
}

const root = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-capture]"));
if (root) {
  await openFor(document.documentElement.dataset.account ?? "");
  await new Capture(root).open();
}
