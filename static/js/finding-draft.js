// @ts-check
/**
 * The form of a finding, with what only this phone has: it opens with the version that waits here (`?finding=` names
 * one that the server doesn't know), offers the notes that wait here, and `?observation=` fills it from its note as the
 * server would.
 */

import { el } from "./dom.js";
import { follow, typed } from "./entry-form.js";
import { isBesideAnother, items } from "./outbox.js";
import { pageLanguage, say } from "./texts.js";

const OUTCOMES = { nonconformity: "nonconform", opportunity: "improve" };
const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-changes=finding]"));
const { audit = "" } = form.dataset;
const { type = "nonconformity" } = JSON.parse(form.dataset.base || "{}");
const query = new URLSearchParams(location.search);
const asked = query.get("observation") ?? "";
const local = query.get("finding") ?? "";
const known = form.querySelector("input[name=observations]");
const list = known?.closest("fieldset") ?? [...form.querySelectorAll("fieldset")].at(-1);

/** @typedef {import("./outbox-items.js").Item} Item */

/** The notes of this phone that a finding may stand on. @param {Item[]} waiting */
function notes(waiting) {
  return waiting
    .filter((item) => item.kind === "observed")
    .map((item) => {
      const later = waiting.filter((one) => one.kind === "amended" && one.object === item.id).at(-1);
      return { id: item.id, at: item.entry.made_at, content: later?.entry.body.observation ?? item.entry.body };
    });
}

/** @param {Item[]} waiting @param {string[]} chosen notes that the finding stands on already */
function offer(waiting, chosen) {
  const here = notes(waiting);
  for (const { id, at, content } of here) {
    const fits = content.outcome === OUTCOMES[/** @type {"opportunity"} */ (type)];
    if (!fits && id !== asked && !chosen.includes(id)) continue;
    const words = content.text?.[pageLanguage()] || content.text?.zh || content.text?.en || say("kind.observed");
    addNote(id, words, `${say("only.here")} · ${at.slice(11, 16)}`);
    if (id === asked) fill(content);
  }
  for (const id of chosen) addNote(id, say("kind.observed"), ""); // the form doesn't name it
}

/** A note to choose, unless the form has it. @param {string} id @param {string} words @param {string} about */
function addNote(id, words, about) {
  if (form.querySelector(`input[name=observations][value="${CSS.escape(id)}"]`)) return;
  const box = el("input", { type: "checkbox", name: "observations", value: id, "data-list": "" });
  box.checked = id === asked;
  list?.querySelector(":scope > p")?.remove(); // "there are none"
  const line = el("span", { class: "clip" }, words, " ", el("small", { class: "mute" }, about));
  list?.append(el("label", { class: "tick" }, box, line));
}

/** What a note says goes where the form is still empty. @param {Record<string, any>} content */
function fill({ text = {}, department = "", clauses = [] }) {
  const into = type === "nonconformity" ? "evidence" : "statement";
  put("department", department);
  for (const language of ["zh", "en"]) put(`${into}.${language}`, text[language] ?? "");
  for (const { scheme, number } of clauses) {
    const box = form.querySelector(`input[name=clauses][value="${CSS.escape(`${scheme} ${number}`)}"]`);
    if (!box) continue;
    /** @type {HTMLInputElement} */ (box).checked = true;
    box.closest("details")?.setAttribute("open", "");
  }
}

/** @param {string} name @param {string} words */
function put(name, words) {
  const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
  if (field && !field.value) field.value = words;
}

/** Every field as the finding has it. @param {Record<string, any>} finding */
function show(finding) {
  form.dataset.base = JSON.stringify(finding);
  for (const control of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name]"))) {
    const value = control.name.split(".").reduce((/** @type {any} */ place, step) => place?.[step], finding);
    if (/checkbox|radio/.test(control.type)) {
      const own = JSON.stringify(typed(control.value, control.dataset.type));
      control.checked = [value].flat().some((one) => JSON.stringify(one) === own);
    } else control.value = value ?? "";
    if (control.type === "checkbox" ? control.checked : control.type !== "radio" && control.value)
      control.closest("details")?.setAttribute("open", "");
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

async function open() {
  const waiting = (await items()).filter((item) => item.audit === audit);
  const object = local || form.dataset.target;
  const kept = waiting.filter(({ kind, ...item }) => item.object === object && /^(?:found|amended)$/.test(kind)).at(-1);
  if (local && !kept) {
    location.replace(`/audits/${audit}/findings/${local}`); // it arrived meanwhile
    return;
  }
  const finding = kept && (kept.entry.body.finding ?? kept.entry.body);
  offer(waiting, finding?.observations ?? []);
  if (!kept || isBesideAnother(kept.id, JSON.parse(form.dataset.bases ?? "[]"))) return;
  show(finding);
  follow(form, kept);
}

await open();
form.dataset.ready = "";
