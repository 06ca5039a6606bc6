// @ts-check
/**
 * The client signs a nonconformity on the auditor's phone, with no network too. `[data-acknowledge]` is the finding,
 * `data-version` the version that is shown, `data-text` the words to sign; who signs and what they don't agree with
 * are typed beside. What the form above says and the server doesn't know yet is in neither, so nothing is signed until then.
 */

import { status } from "./dom.js";
import { keepAndSend, showWaiting, tell } from "./sign-box.js";
import { askSignature } from "./sign-dialog.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-acknowledge]"));
const { acknowledge: finding = "", audit = "", version = "", text = "" } = box.dataset;
const object = `${audit}/signed/nonconformity/${finding}`;
const TEXTS = ["statement", "evidence", "requirement"].map((part) => `[name^="${part}."]`);
const SIGNED = [...TEXTS, ...["grade", "clauses", "number", "department"].map((name) => `[name=${name}]`)].join(", ");

box.querySelector("[data-sign]")?.addEventListener("click", () => void sign());
void showWaiting(box, object);

async function sign() {
  if (isEdited()) {
    tell(box, status("nc", "warn", say("acknowledge.unsaved")));
    return;
  }
  const name = typed("[data-name]");
  if (!name) {
    tell(box, status("nc", "warn", say("acknowledge.name")));
    return;
  }
  const dissent = typed("[data-dissent]");
  const shown = dissent ? `${text}\n${say("acknowledge.dissent", { words: dissent })}` : text;
  const picture = await askSignature(name, shown);
  if (!picture) return;
  await keepAndSend(box, audit, object, { what: `nonconformity/${finding}`, name, text: shown, version }, picture);
}

/** @returns {boolean} whether the finding's form says anything else than what would be signed */
function isEdited() {
  const fields = document.querySelectorAll(`form[data-changes=finding] :is(${SIGNED})`);
  return [.../** @type {NodeListOf<HTMLInputElement>} */ (fields)].some((field) =>
    /checkbox|radio/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
  );
}

/** @param {string} selector */
function typed(selector) {
  return /** @type {HTMLInputElement} */ (box.querySelector(selector)).value.trim();
}
