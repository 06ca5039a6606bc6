// @ts-check
/**
 * `[data-accompanying]` on a stop's page: a guide without a phone signs at its end on this one, with no network too.
 * `[data-guide]` is the line of a guide who is known (`data-along`: that they come along is recorded), with a
 * `button[data-sign]` for who hasn't signed; `form[data-another]` is for one who isn't.
 */

import { dayOf } from "./clock.js";
import { toast } from "./dialog.js";
import { el } from "./dom.js";
import * as outbox from "./outbox.js";
import { askSignature } from "./sign-dialog.js";
import { keepSignature, showSigned } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-accompanying]"));
const { audit = "", stop = "" } = root.dataset;
const what = `accompanied/${stop}`;
const objects = `${audit}/signed/${what}/`;
const list = /** @type {HTMLElement} */ (root.querySelector("[data-guides]"));

root.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("[data-sign]");
  if (button instanceof HTMLButtonElement) void sign(button);
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  void addAnother(/** @type {HTMLFormElement} */ (event.target));
});
void showWaiting();

/** @param {HTMLFormElement} form */
async function addAnother(form) {
  const [name, role] = ["name", "role"].map((field) => String(new FormData(form).get(field) ?? "").trim());
  if (name && (await sign(buttonIn(lineOf(name) ?? addGuide(name, role))))) form.reset();
}

/** @param {HTMLButtonElement} button whose guide signs @returns {Promise<boolean>} whether they did */
async function sign(button) {
  const line = /** @type {HTMLElement} */ (button.closest("[data-guide]"));
  const { guide: name = "", role = "", along, bases = "[]" } = line.dataset;
  const who = role ? say("sign.who", { name, about: role }) : name;
  const text = (root.dataset.signText ?? "").replace("{who}", () => who).replace("{day}", dayOf());
  const picture = await askSignature(name, text);
  if (!picture) return false;
  const body = { stop, name, role, there: true, bases: JSON.parse(bases) };
  const came = { kind: "accompanied", audit, object: `${audit}/${what}/${name}`, body };
  try {
    await keepSignature(audit, objects + name, { what, name, role, text }, picture, along === undefined ? [came] : []);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showSigned(button, objects + name);
  await sendNow();
  return true;
}

/**
 * Signatures that are only on this phone. A line without a button is of one whose entry has gone: its picture says
 * itself where it is (ink.js).
 */
async function showWaiting() {
  for (const { audit: where, kind, object } of await outbox.items()) {
    if (where !== audit || kind !== "signed" || !object.startsWith(objects)) continue;
    const name = object.slice(objects.length);
    const line = lineOf(name);
    const button = line ? line.querySelector("[data-sign]") : buttonIn(addGuide(name, ""));
    if (button) await showSigned(button, object);
  }
}

/** @param {string} name */
function lineOf(name) {
  return /** @type {HTMLElement | null} */ (list.querySelector(`[data-guide="${CSS.escape(name)}"]`));
}

/** A line for somebody who isn't on the page. @param {string} name @param {string} role @returns {HTMLElement} */
function addGuide(name, role) {
  const words = el("span", {}, el("strong", {}, name), " ", el("small", { class: "mute" }, role));
  const line = el("div", { class: "rows-line", "data-guide": name, "data-role": role }, words);
  list.append(line);
  return line;
}

/** By which the guide of a line signs, also who signs again. @param {HTMLElement} line @returns {HTMLButtonElement} */
function buttonIn(line) {
  const known = /** @type {HTMLButtonElement | null} */ (line.querySelector("[data-sign]"));
  if (known) return known;
  const button = el("button", { class: "btn", type: "button", "data-sign": "" }, say("sign.sign"));
  line.append(button);
  return button;
}
