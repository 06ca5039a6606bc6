// @ts-check
/**
 * `[data-accompanying]` on a stop's page: a guide without a phone signs at its end on this one, with no network too.
 * `button[data-sign]` is a guide who is known (`data-along`: that they come along is recorded), `form[data-another]`
 * one who isn't.
 */

import { dayOf } from "./clock.js";
import { toast } from "./dialog.js";
import { el, status } from "./dom.js";
import * as outbox from "./outbox.js";
import { askSignature } from "./sign-dialog.js";
import { keepSignature } from "./signed.js";
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
  if (name && (await sign(buttonOf(name) ?? addGuide(name, role)))) form.reset();
}

/** @param {HTMLButtonElement} button whose guide signs @returns {Promise<boolean>} whether they did */
async function sign(button) {
  const { sign: name = "", role = "", along } = button.dataset;
  const who = role ? say("sign.who", { name, about: role }) : name;
  const text = (root.dataset.signText ?? "").replace("{who}", () => who).replace("{day}", dayOf());
  const picture = await askSignature(name, text);
  if (!picture) return false;
  const body = { stop, name, role, there: true, bases: JSON.parse(button.dataset.bases ?? "[]") };
  const came = { kind: "accompanied", audit, object: `${audit}/${what}/${name}`, body };
  try {
    await keepSignature(audit, objects + name, { what, name, role, text }, picture, along === undefined ? [came] : []);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  const said = status("wait", "phone", say("sign.here"));
  button.replaceWith(said);
  await sendNow();
  if ((await outbox.pendingOf(objects + name)).length === 0) said.replaceWith(status("ok", "check", say("sign.done")));
  return true;
}

/** Signatures that are only on this phone yet. */
async function showWaiting() {
  for (const { audit: where, kind, object } of await outbox.items()) {
    if (where !== audit || kind !== "signed" || !object.startsWith(objects)) continue;
    const name = object.slice(objects.length);
    (buttonOf(name) ?? addGuide(name, "")).replaceWith(status("wait", "phone", say("sign.here")));
  }
}

/** @param {string} name */
function buttonOf(name) {
  return /** @type {HTMLButtonElement | null} */ (list.querySelector(`[data-sign="${CSS.escape(name)}"]`));
}

/** A line for somebody who isn't on the page. @param {string} name @param {string} role @returns {HTMLButtonElement} */
function addGuide(name, role) {
  const button = el("button", { class: "btn", type: "button", "data-sign": name, "data-role": role }, say("sign.sign"));
  const words = el("span", {}, el("strong", {}, name), " ", el("small", { class: "mute" }, role));
  list.append(el("div", { class: "rows-line" }, words, button));
  return button;
}
