// @ts-check
/**
 * The documents attached to a note: those of the server, those only this phone has, and the button that takes one.
 *
 * @typedef {object} Around what the capture page does for it
 * @property {() => string} observation
 * @property {() => Promise<boolean>} keepNote a document hangs on its note, so that is kept first
 * @property {() => void} letGo the camera is needed elsewhere
 * @property {() => string} place
 */

import { ask, toast } from "./dialog.js";
import { el, icon, status } from "./dom.js";
import * as outbox from "./outbox.js";
import { all } from "./store.js";
import { now as sendNow } from "./sync.js";
import { pageLanguage, say } from "./texts.js";

export class Documents {
  /** @param {HTMLElement} root holds `[data-documents]` and `[data-take-document]` @param {string} audit @param {Around} around */
  constructor(root, audit, around) {
    this.audit = audit;
    this.around = around;
    this.box = /** @type {HTMLElement} */ (root.querySelector("[data-documents]"));
    this.local = /** @type {HTMLElement} */ (root.querySelector("[data-local-documents]"));
    this.resume = /** @type {HTMLElement} */ (root.querySelector("[data-document-draft]"));
    for (const button of root.querySelectorAll("[data-take-document]"))
      button.addEventListener("click", () => void this.#take());
    this.box.addEventListener("click", (event) => void this.#withdraw(/** @type {HTMLElement} */ (event.target)));
    outbox.changes.addEventListener("change", () => void this.draw());
  }

  /** Bring the list up to what is kept on this phone. */
  async draw() {
    const note = this.around.observation();
    const waiting = (await outbox.pendingOf(note)).filter(({ kind }) => kind === "attached");
    const shown = () => [.../** @type {NodeListOf<HTMLElement>} */ (this.local.querySelectorAll("[data-document]"))];
    const known = new Set(shown().map((line) => line.dataset.document));
    this.local.append(...waiting.filter(({ id }) => !known.has(id)).map(row));
    const photos = (await all("photos")).filter((photo) => photo.observation === note);
    const here = new Set([...waiting.map(({ id }) => id), ...photos.map((photo) => photo.document)]);
    for (const line of shown()) {
      const isHere = here.has(line.dataset.document ?? "");
      const mark = isHere ? status("wait", "phone", say("only.here")) : status("ok", "sent", say("photo.sent"));
      line.querySelector("[data-mark]")?.replaceChildren(mark);
    }
    const unsaved = photos.some((photo) => photo.unsaved);
    this.resume.hidden = !unsaved;
    this.box.hidden = !unsaved && this.box.querySelectorAll("li").length === 0;
  }

  /** Forget what belongs to the last note: a new one begins. */
  clear() {
    this.local.replaceChildren();
    return this.draw();
  }

  async #take() {
    const editor = await import("./document-editor.js").catch(() => undefined);
    if (!editor) {
      toast(say("editor.missing"));
      return;
    }
    this.around.letGo();
    const { observation, keepNote, place } = this.around;
    await editor.takeDocument({ audit: this.audit, observation, keepNote, place });
    await this.draw();
  }

  /** @param {HTMLElement} target */
  async #withdraw(target) {
    const button = /** @type {HTMLButtonElement | null} */ (target.closest("[data-withdraw]"));
    if (!button || !(await ask(button.getAttribute("aria-label") ?? "", say("remove")))) return;
    const { withdraw: id = "", bases } = button.dataset;
    const [pending] = (await all("entries")).filter((one) => one.id === id && !one.attempted);
    if (pending) {
      for (const photo of await all("photos")) if (photo.document === id) await outbox.remove(photo.id);
      await outbox.remove(id);
    } else {
      const body = { target: id, bases: bases ? JSON.parse(bases) : [id], reason: say("document.removed.why") };
      await outbox.put([{ kind: "withdrawn", audit: this.audit, object: this.around.observation(), body }]);
      void sendNow();
    }
    button.closest("li")?.remove();
    await this.draw();
  }
}

/** @param {import("./store.js").StoredEntry} kept */
function row({ id, raw }) {
  const { title, pages } = JSON.parse(raw).body;
  const words = title[pageLanguage()] || title.zh || title.en;
  const remove = el(
    "button",
    { class: "ib", type: "button", "data-withdraw": id, "aria-label": `${say("remove")} ${words}` },
    icon("x"),
  );
  const facts = el("p", { class: "flex" }, say("document.pages", { n: pages.length }), el("span", { "data-mark": "" }));
  return el("li", { "data-document": id }, icon("doc"), el("div", {}, el("strong", {}, words), facts), remove);
}
