// @ts-check
/**
 * What is said of one photo: caption and what it shows; draw on it; or take it back. Written in place while the photo was never
 * sent, else as an amendment or withdrawal.
 *
 * @typedef {object} KnownPhoto
 * @property {string} entry id of the `photographed` entry
 * @property {string[]} bases versions seen
 * @property {Record<string, any>} content the photo as last known
 * @property {string} local local id, while the phone may still hold it
 * @property {import("./layer.js").Drawn} drawn what is drawn on it
 */

import { toast } from "./dialog.js";
import { el, icon } from "./dom.js";
import { languageOf } from "./language.js";
import * as outbox from "./outbox.js";
import { all, mark, patch } from "./store.js";
import { now as sendNow } from "./sync.js";
import { pageLanguage, say } from "./texts.js";

/**
 * @param {KnownPhoto} photo
 * @param {string} audit
 * @returns {Promise<KnownPhoto | "gone" | undefined>} what is known of it now; undefined if nothing changed
 */
export async function editPhoto(photo, audit) {
  const answer = await ask(photo.content);
  if (answer === "mark") return drawOn(photo, audit);
  if (answer === "remove") {
    await takeBack(photo, audit);
    void sendNow();
    return "gone";
  }
  if (!answer) return undefined;
  const changed = await change(photo, audit, answer);
  void sendNow();
  return changed;
}

/** @param {KnownPhoto} photo @param {string} audit @returns {Promise<KnownPhoto | undefined>} */
async function drawOn(photo, audit) {
  const editor = await import("./markup-editor.js").catch(() => undefined);
  if (!editor) toast(say("editor.missing")); // the phone isn't prepared for being offline yet
  const { observation, sha256 = "" } = photo.content;
  const drawn = await editor?.markUp({ entry: photo.entry, audit, observation, sha256 }, photo.drawn);
  return drawn && { ...photo, drawn };
}

/**
 * @param {Record<string, any>} content
 * @returns {Promise<{caption: Record<string, string>, subject: string} | "remove" | "mark" | undefined>}
 */
function ask({ caption = {}, subject = "" }) {
  const shown = caption[pageLanguage()] ?? caption.zh ?? caption.en ?? "";
  const text = el("textarea", { class: "in", rows: "3" });
  text.value = shown;
  const subjects = /** @type {HTMLSelectElement} */ (
    document.querySelector("select[name=subject]")?.cloneNode(true) ?? el("select", { class: "in" })
  );
  subjects.value = subject;
  const form = el(
    "form",
    { class: "stack", method: "dialog" },
    el("label", { class: "field" }, el("span", {}, say("photo.caption")), text),
    el("label", { class: "field" }, el("span", {}, say("photo.subject")), subjects),
    el(
      "p",
      { class: "flex" },
      el("button", { class: "btn grow", value: "mark" }, icon("pen"), say("photo.mark")),
      el("button", { class: "btn grow", value: "remove" }, icon("x"), say("photo.remove")),
    ),
    el(
      "p",
      { class: "flex" },
      el("button", { class: "btn grow", value: "" }, say("cancel")),
      el("button", { class: "btn grow", value: "save" }, say("save")),
    ),
  );
  const dialog = el("dialog", { "aria-label": say("photo") }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const words = text.value.trim();
      // The other language's caption is kept: it was written by somebody.
      const said = words === shown ? caption : { ...caption, [languageOf(words)]: words };
      const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value));
      if (dialog.returnValue === "remove" || dialog.returnValue === "mark") resolve(dialog.returnValue);
      else resolve(dialog.returnValue === "save" ? { caption: filled, subject: subjects.value } : undefined);
    });
  });
}

/**
 * @param {KnownPhoto} photo
 * @param {string} audit
 * @param {{caption: Record<string, string>, subject: string}} said
 * @returns {Promise<KnownPhoto>}
 */
async function change(photo, audit, said) {
  /** @type {Record<string, any>} */
  const content = { ...photo.content, ...said };
  const row = (await all("photos")).find((one) => one.id === photo.local);
  if (row) await patch("photos", row.id, { facts: { ...row.facts, ...said } });
  if (row?.phase === "raw") return { ...photo, content };
  const [head] = photo.bases;
  if (photo.bases.length === 1 && (await outbox.revise(head, content))) return { ...photo, content };
  const body = { target: photo.entry, bases: photo.bases, photo: content };
  return {
    ...photo,
    content,
    bases: await outbox.put([{ kind: "amended", audit, object: content.observation, body }]),
  };
}

/** @param {KnownPhoto} photo @param {string} audit */
async function takeBack({ entry, bases, local, content }, audit) {
  const pending = (await all("entries")).find((row) => row.id === entry);
  const kept = (await all("photos")).find((row) => row.entry === entry);
  if (kept?.phase === "raw" || (pending && !pending.attempted)) {
    await outbox.remove(kept?.id ?? local);
    return;
  }
  const body = { target: entry, bases, reason: say("photo.removed.why") };
  await outbox.put([{ kind: "withdrawn", audit, object: content.observation, body }]);
  if (kept) await mark("photos", [kept.id], { withdrawn: true }); // its bytes may be on their way for long
}
