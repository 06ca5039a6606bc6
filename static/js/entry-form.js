// @ts-check
/**
 * A form that makes one entry, without a script of its own:
 *
 *   <form data-entry="found" data-audit="…" data-next="/audits/…">
 *     <textarea name="statement.zh"></textarea>                    → body.statement.zh
 *     <input type="checkbox" name="observations" value="ID" data-list>   → body.observations: every checked one
 *     <input type="checkbox" name="clauses" value="QMS 7.1.5.2" data-list data-type="clause">  → {scheme, number}
 *     <input type="radio" name="choices" value="2" data-list data-type="choice">   → [{option: 2}]
 *     <input type="checkbox" name="none" value="true" data-type="bool">   → true when checked
 *     <p data-form-message role="status"></p>
 *   </form>
 *
 * data-entry     kind; data-content (`finding`, `observation`, `photo`) says what an `amended` entry carries: fields
 *                then fill that, not the body itself
 * data-target    of an amendment or withdrawal; also what the entry is about in lists (data-object otherwise)
 * data-bases     JSON list of the versions seen; data-base JSON of the present content, which fields write over
 * data-unsent    the entry of this phone that the form shows: written anew in place while it was never sent
 * data-replaces  a refused entry whose place this one takes
 * data-changes   (`finding`) what was raised is changed by the same form while it waits here, as an amendment of it
 * data-type      text (default: trimmed, left out if empty), number, bool, json, clause, choice, element (a number that
 *                stays one in a list), moment (`datetime-local`, made a moment by `data-offset` of its field)
 * data-next      where to go once the server has it
 *
 * The entry is kept on the phone first. Then the form waits for the server a moment; without it, it says 仅在本机, and goes on
 * when the server has it after all.
 */

import { el, status } from "./dom.js";
import { goOn } from "./leaving.js";
import { onceSent } from "./once-sent.js";
import * as outbox from "./outbox.js";
import { now as sendNow } from "./sync.js";
import { reason } from "./reasons.js";
import { say } from "./texts.js";

const PATIENCE_MS = 6_000;
/** Names of lists already begun, by body. @type {WeakMap<object, Set<string>>} */
const seen = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-entry]")) return;
  event.preventDefault();
  void submit(form, /** @type {HTMLButtonElement | null} */ (event.submitter));
});

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
async function submit(form, button) {
  if (button) button.disabled = true;
  let isOnlyHere = false;
  try {
    tell(form, say("saving"));
    await seeWhatWaits(form);
    isOnlyHere = await delivered(form, await keep(form));
  } catch (error) {
    tell(form, status("nc", "warn", say(error instanceof outbox.TooLarge ? "note.too.large" : "storage.failed")));
  } finally {
    const { changes, bases } = form.dataset;
    // Where there are no versions, a second tap would keep the same once more.
    if (isOnlyHere && !changes && !bases) await once(form, "input");
    if (button) button.disabled = false;
  }
}

/** @param {HTMLElement} place @param {string} name of an event */
function once(place, name) {
  return new Promise((resolve) => {
    place.addEventListener(name, resolve, { once: true });
  });
}

/** Keep what the form says, in the place of what it shows where that was never sent. @param {HTMLFormElement} form */
async function keep(form) {
  const { unsent, replaces, content = "" } = form.dataset;
  const entry = toEntry(form);
  if (unsent && (await outbox.revise(unsent, content ? entry.body[content] : entry.body))) return unsent;
  const [id] = await outbox.put([entry], [], { replaces });
  return id;
}

/**
 * Make the form one that changes what this phone kept, or that takes its place where the server refused it.
 * @param {HTMLFormElement} form
 * @param {import("./outbox-items.js").Item} item
 */
export function follow({ dataset }, { id, kind, object, state, entry }) {
  const refused = state === "refused";
  const bases = JSON.stringify(refused ? entry.body.bases : [id]);
  const change = { entry: "amended", content: dataset.changes, target: object, bases };
  for (const name of ["content", "target", "bases", "unsent", "replaces"]) delete dataset[name];
  Object.assign(dataset, refused && kind !== "amended" ? { entry: kind } : change, { [refused ? "replaces" : "unsent"]: id });
}

/**
 * A version that this phone kept and has not sent is the one that the next follows, not the server's; its content is
 * what the fields write over.
 * @param {HTMLFormElement} form
 */
export async function seeWhatWaits(form) {
  const object = form.dataset.object ?? form.dataset.target;
  if (!form.dataset.bases || !object) return;
  const last = (await outbox.pendingOf(object)).filter((row) => row.state !== "refused").at(-1);
  if (!last || outbox.isBesideAnother(last.id, JSON.parse(form.dataset.bases))) return;
  form.dataset.bases = JSON.stringify([last.id]);
  const waits = JSON.parse(last.raw).body[form.dataset.content ?? ""];
  if (waits) form.dataset.base = JSON.stringify(waits);
}

/**
 * The entry that a form stands for.
 * @param {HTMLFormElement} form
 * @returns {import("./outbox.js").NewEntry}
 */
export function toEntry(form) {
  const { entry: kind = "", audit = "", content = "", target, bases, base, object } = form.dataset;
  const filled = structuredClone(base ? JSON.parse(base) : {});
  // Not form.elements: a field may well be called "elements".
  for (const control of form.querySelectorAll("input, select, textarea"))
    fill(filled, /** @type {HTMLInputElement} */ (control));
  const head = { ...(target ? { target } : {}), ...(bases ? { bases: JSON.parse(bases) } : {}) };
  const { reason: why, ...carried } = filled;
  const body = content ? { ...head, [content]: carried, ...(why ? { reason: why } : {}) } : { ...filled, ...head };
  return { kind, audit, body, object: object ?? target };
}

/** Put one field in its place. @param {Record<string, any>} body @param {HTMLInputElement} control */
function fill(body, control) {
  const { name, dataset } = control;
  if (!name || control.disabled) return;
  const path = name.split(".");
  const last = /** @type {string} */ (path.pop());
  let place = body;
  for (const step of path) place = place[step] ??= {};
  const list = dataset.list !== undefined;
  if (list && !seen.get(body)?.has(name)) {
    place[last] = []; // a list is what is checked now, not what was there before
    seen.set(body, (seen.get(body) ?? new Set()).add(name));
  }
  const off = /checkbox|radio/.test(control.type) && !control.checked;
  const value = off ? undefined : typed(control.value, dataset.type, dataset.offset);
  if (list) {
    if (value !== undefined) place[last].push(value);
  } else if (control.type === "radio") {
    if (!off) place[last] = value;
  } else if (value === undefined) delete place[last];
  else place[last] = value;
}

/** @param {string} text @param {string} [type] @param {string} [offset] @returns {unknown} undefined where nothing was entered */
export function typed(text, type = "text", offset = "") {
  const trimmed = text.trim();
  if (!trimmed) return undefined;
  if (type === "moment") return `${trimmed.slice(0, 16)}:00${offset}`;
  if (type === "number" || type === "element") return Number(trimmed);
  if (type === "bool") return trimmed === "true";
  if (type === "json") return JSON.parse(trimmed);
  if (type === "choice") return { option: Number(trimmed) };
  if (type !== "clause") return trimmed;
  const [scheme, number] = trimmed.split(" ");
  return { scheme, number };
}

/**
 * Wait until the server named the entry, or say that it is only here.
 * @param {HTMLFormElement} form
 * @param {string} id
 * @returns {Promise<boolean>} whether it is only here
 */
async function delivered(form, id) {
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([sendNow(), late]);
  const item = (await outbox.items()).find((one) => one.id === id);
  const refused = item?.state === "refused";
  if (item && form.dataset.changes) follow(form, item);
  else if (refused) await outbox.remove(id); // the form still holds everything, and says what is wrong
  else if (form.dataset.bases) form.dataset.bases = JSON.stringify([id]);
  if (refused) {
    tell(form, status("nc", "warn", say("form.refused", { reason: reason(item.reason, item.detail) })));
  } else if (item) {
    const next = form.dataset.next ? [" ", el("a", { class: "btn", href: form.dataset.next }, say("go.on"))] : [];
    const waits = status("wait", "phone", say("only.here"));
    tell(form, waits, " ", say("saved.here"), ...next);
    const sent = () => waits.isConnected && tell(form, status("ok", "sent", say("photo.sent")));
    if (form.dataset.next) goOnLater(form.dataset.next, id);
    else void onceSent((one) => one.id === id, sent);
  } else if (form.dataset.next) goOn(form.dataset.next);
  else tell(form, status("ok", "sent", say("photo.sent")));
  return Boolean(item) && !refused;
}

/**
 * Go on once the server has it after all, unless somebody does anything else on this page before.
 * @param {string} next
 * @param {string} id
 */
function goOnLater(next, id) {
  const touched = new AbortController();
  const { signal } = touched;
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => touched.abort(), { signal });
  void onceSent((item) => item.id === id, () => goOn(next), touched);
}

/** @param {HTMLFormElement} form @param {...(Node | string)} words */
function tell(form, ...words) {
  const line =
    form.querySelector("[data-form-message]") ??
    form.appendChild(el("p", { "data-form-message": "", role: "status" }));
  line.replaceChildren(...words);
}
