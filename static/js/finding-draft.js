// @ts-check
/**
 * A finding drafted from notes that only this phone has: the server's form doesn't know them yet, so they are added
 * here, and `?observation=` fills the form from its note as the server would.
 */

import { el } from "./dom.js";
import { items } from "./outbox.js";
import { pageLanguage, say } from "./texts.js";

const OUTCOMES = { nonconformity: "nonconform", opportunity: "improve" };
const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-entry=found]"));
const { type = "nonconformity" } = JSON.parse(form.dataset.base || "{}");
const asked = new URLSearchParams(location.search).get("observation") ?? "";
const known = form.querySelector("input[name=observations]");
const list = known?.closest("fieldset") ?? [...form.querySelectorAll("fieldset")].at(-1);

/** The notes of this phone that a finding of this type may stand on. */
async function notes() {
  const waiting = (await items()).filter((item) => item.audit === form.dataset.audit);
  return waiting
    .filter((item) => item.kind === "observed")
    .map((item) => {
      const later = waiting.filter((one) => one.kind === "amended" && one.object === item.id).at(-1);
      return { id: item.id, at: item.entry.made_at, content: later?.entry.body.observation ?? item.entry.body };
    })
    .filter(({ id, content }) => id === asked || content.outcome === OUTCOMES[/** @type {"opportunity"} */ (type)]);
}

async function offer() {
  for (const { id, at, content } of await notes()) {
    if (form.querySelector(`input[name=observations][value="${CSS.escape(id)}"]`)) continue;
    const box = el("input", { type: "checkbox", name: "observations", value: id, "data-list": "" });
    box.checked = id === asked;
    const words = content.text?.[pageLanguage()] || content.text?.zh || content.text?.en || say("kind.observed");
    const about = el("small", { class: "mute" }, `${say("only.here")} · ${at.slice(11, 16)}`);
    list?.querySelector(":scope > p")?.remove(); // "there are none"
    list?.append(el("label", { class: "tick" }, box, el("span", { class: "clip" }, words, " ", about)));
    if (box.checked) fill(content);
  }
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

if (list) void offer();
