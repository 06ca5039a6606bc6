// @ts-check
/**
 * The client signs a nonconformity on the auditor's phone, with no network too. `[data-acknowledge]` is the finding,
 * `data-version` the version that is shown, `data-text` the words to sign; who signs and what they don't agree with
 * are typed beside. What the form above says and the server doesn't know yet is in neither, so nothing is signed until then.
 */

import { toast } from "./dialog.js";
import { status } from "./dom.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import { askSignature } from "./sign-dialog.js";
import { keepSignature } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-acknowledge]"));
const { acknowledge: finding = "", audit = "", version = "", text = "" } = box.dataset;
const object = `${audit}/signed/nonconformity/${finding}`;
const TEXTS = ["statement", "evidence", "requirement"].map((part) => `[name^="${part}."]`);
const SIGNED = [...TEXTS, ...["grade", "clauses", "number", "department"].map((name) => `[name=${name}]`)].join(", ");
const button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-sign]"));

button.addEventListener("click", () => void sign());
void showWaiting();

async function sign() {
  if (isEdited()) {
    tell(status("nc", "warn", say("acknowledge.unsaved")));
    return;
  }
  const name = typed("[data-name]");
  if (!name) {
    tell(status("nc", "warn", say("acknowledge.name")));
    return;
  }
  const dissent = typed("[data-dissent]");
  const shown = dissent ? `${text}\n${say("acknowledge.dissent", { words: dissent })}` : text;
  const picture = await askSignature(name, shown);
  if (!picture) return;
  try {
    await keepSignature(audit, object, { what: `nonconformity/${finding}`, name, text: shown, version }, picture);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showWaiting();
  await sendNow();
  if ((await outbox.pendingOf(object)).length === 0) showAnew();
}

/** What was signed here and isn't on the server yet. */
async function showWaiting() {
  if ((await outbox.pendingOf(object)).length === 0) return;
  button.hidden = true;
  tell(status("wait", "phone", say("sign.here")));
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

/** @param {...Node} words */
function tell(...words) {
  box.querySelector("[data-message]")?.replaceChildren(...words);
}
