// @ts-check
/**
 * A meeting on the leader's phone: a tap ticks a point or puts somebody on the attendance sheet, another takes it back,
 * and a button writes down the time. `[data-meeting][data-audit]` holds `input[data-tick]` (ref of a point),
 * `input[data-present]` (name, with `data-content` JSON of the row), `button[data-sign]` (name; the phone is passed round)
 * and `button[data-now]` (name of the field).
 * Everything is an entry of its own; `data-bases` are the versions seen.
 */

import { dayOf, isoWithOffset } from "./clock.js";
import { toast } from "./dialog.js";
import { el } from "./dom.js";
import * as outbox from "./outbox.js";
import { keepSignature, showSigned } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-meeting]"));
const { meeting = "", audit = "" } = root?.dataset ?? {};
/** The last tap's work. */
let turn = Promise.resolve();

root?.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.dataset.tick !== undefined) void keep(box, "ticked", `tick/${meeting}/${box.dataset.tick}`, tick);
  if (box.dataset.present !== undefined) void keep(box, "attended", `attended/${box.dataset.present}`, presence);
});
root?.addEventListener("input", beginsBeforeItEnds);
root?.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("[data-now]");
  if (button instanceof HTMLButtonElement) fillNow(button);
  const signer = /** @type {HTMLElement} */ (event.target).closest?.("[data-sign]");
  if (signer instanceof HTMLButtonElement) void passTo(signer);
});
beginsBeforeItEnds();
void showWaiting();

/**
 * Keep what a tap says; one after the other, however fast they come: each stands on the one before.
 * @param {HTMLInputElement} box
 * @param {string} kind
 * @param {string} object
 * @param {(box: HTMLInputElement) => Record<string, any>} make
 */
function keep(box, kind, object, make) {
  const body = make(box);
  turn = turn.catch(() => undefined).then(() => put(box, kind, object, body));
  return turn;
}

/** @param {HTMLInputElement} box @param {string} kind @param {string} object @param {Record<string, any>} body */
async function put(box, kind, object, body) {
  try {
    const bases = await basesOf(box, object);
    const [id] = await outbox.put([{ kind, audit, object: `${audit}/${object}`, body: { ...body, bases } }]);
    box.dataset.bases = JSON.stringify([id]);
  } catch (error) {
    box.checked = !box.checked;
    toast(say("storage.failed"));
    throw error;
  }
  count();
  void sendNow();
}

/** @param {HTMLInputElement} box @param {string} object @returns {Promise<string[]>} the versions that the next one follows */
async function basesOf(box, object) {
  const waiting = await lastWaiting(object);
  return waiting ? [waiting.id] : JSON.parse(box.dataset.bases || "[]");
}

/**
 * The phone is passed to somebody: they see the text and sign.
 * @param {HTMLButtonElement} button
 */
async function passTo(button) {
  const name = button.dataset.sign ?? "";
  const about = /** @type {HTMLElement | null} */ (button.closest("[data-what]"));
  if (about) await sign(button, { what: about.dataset.what ?? "", name, role: "", text: about.dataset.signText ?? "" });
  else await signIn(button, name);
}

/** Whoever signs at a meeting is there. @param {HTMLButtonElement} button @param {string} name */
async function signIn(button, name) {
  const box = boxOf(name);
  if (!box) return;
  const { department = "", position = {} } = JSON.parse(box.dataset.content ?? "{}");
  const about = [department, position.zh || position.en].filter(Boolean).join(" ");
  const text = (root?.dataset.signText ?? "")
    .replace("{who}", () => (about ? say("sign.who", { name, about }) : name))
    .replace("{day}", dayOf());
  const came = box.checked ? [] : [await attendance(box, name)];
  if (!(await sign(button, { what: meeting, name, role: about, text }, came))) return;
  box.checked = true;
  for (const { id } of came) box.dataset.bases = JSON.stringify([id]);
}

/** That somebody is there, to be kept with what they sign. @param {HTMLInputElement} box @param {string} name */
async function attendance(box, name) {
  const object = `attended/${name}`;
  const body = { ...presence(box, true), bases: await basesOf(box, object) };
  return { kind: "attended", id: uuid7(), audit, object: `${audit}/${object}`, body };
}

/**
 * @param {HTMLButtonElement} button stands where it will say that it is signed
 * @param {{what: string, name: string, role: string, text: string}} said
 * @param {import("./entry-row.js").NewEntry[]} [before] what is kept with it
 * @returns {Promise<boolean>} whether somebody signed
 */
async function sign(button, said, before = []) {
  const { askSignature } = await import("./sign-dialog.js");
  const picture = await askSignature(said.name, said.text);
  if (!picture) return false;
  const object = `${audit}/signed/${said.what}/${said.name}`;
  try {
    await keepSignature(audit, object, said, picture, before);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showSigned(button, object);
  void sendNow();
  return true;
}

/** @param {string} name */
function boxOf(name) {
  return /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-present="${CSS.escape(name)}"]`));
}

/** @param {HTMLInputElement} box */
function tick(box) {
  const text = box.parentElement?.textContent?.trim() ?? "";
  const zh = document.documentElement.lang.startsWith("zh");
  return {
    meeting,
    point: box.dataset.tick ?? "",
    text: zh ? { zh: text } : { en: text },
    done: box.checked,
    at: isoWithOffset(),
  };
}

/** @param {HTMLInputElement} box @param {boolean} [isThere] */
function presence(box, isThere = box.checked) {
  const content = JSON.parse(box.dataset.content ?? "{}");
  const others = (content.meetings ?? []).filter((/** @type {string} */ one) => one !== meeting);
  const body = { ...content, meetings: isThere ? [...others, meeting] : others };
  delete body.bases;
  box.dataset.content = JSON.stringify(body);
  return body;
}

/** @param {HTMLButtonElement} button */
function fillNow(button) {
  const field = button.form?.querySelector(`input[name="${button.dataset.now}"]`);
  if (!(field instanceof HTMLInputElement)) return;
  const [, direction, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(field.dataset.offset ?? "") ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (direction === "-" ? -1 : 1);
  field.value = new Date(Date.now() + offset * 60_000).toISOString().slice(0, 16);
  beginsBeforeItEnds();
  button.form?.requestSubmit();
}

/** The browser itself says so where a meeting would end before it begins. */
function beginsBeforeItEnds() {
  const [start, end] = /** @type {(HTMLInputElement | null | undefined)[]} */ (
    ["start", "end"].map((name) => root?.querySelector(`input[name=${name}]`))
  );
  if (start && end) end.min = start.value;
}

/** @param {string} object */
async function lastWaiting(object) {
  const rows = await outbox.pendingOf(`${audit}/${object}`);
  return rows.filter((row) => row.state !== "refused").at(-1);
}

/** Ticks and presences that are only on this phone yet stand as they were tapped. */
async function showWaiting() {
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-tick]"))) {
    const row = await lastWaiting(`tick/${meeting}/${box.dataset.tick}`);
    if (row) box.checked = JSON.parse(row.raw).body.done;
  }
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-present]"))) {
    const row = await lastWaiting(`attended/${box.dataset.present}`);
    if (row) {
      const { body } = JSON.parse(row.raw);
      box.dataset.content = JSON.stringify(body);
      box.checked = body.meetings.includes(meeting);
    }
  }
  await showWaitingPeople();
  count();
}

/** Whoever was added here and isn't on the server yet, with a way to sign; signatures that wait, as such. */
async function showWaitingPeople() {
  const waiting = (await outbox.items()).filter((item) => item.audit === audit);
  for (const { kind, entry } of waiting) {
    if (kind === "attended" && entry.body && !boxOf(entry.body.name)) addPerson(entry.body);
  }
  for (const { kind, object } of waiting) {
    if (kind !== "signed") continue;
    const [what, name = ""] = object.replace(`${audit}/signed/`, "").split("/", 2);
    const within = what === meeting ? "#people" : `[data-what="${CSS.escape(what)}"]`;
    const button = document.querySelector(`${within} [data-sign="${CSS.escape(name)}"]`);
    if (button) await showSigned(button, object);
  }
}

/** @param {Record<string, any>} person the row as it is kept here */
function addPerson(person) {
  const box = el("input", { type: "checkbox", "data-present": person.name, "data-bases": "[]" });
  box.dataset.content = JSON.stringify(person);
  box.checked = person.meetings.includes(meeting);
  const about = [person.department, person.position?.zh || person.position?.en].filter(Boolean).join(" · ");
  const words = el("span", {}, el("strong", {}, person.name), " ", el("small", { class: "mute" }, about));
  const button = el("button", { class: "btn", type: "button", "data-sign": person.name }, say("sign.sign"));
  document
    .querySelector("[data-people]")
    ?.append(el("div", { class: "rows-line" }, el("label", { class: "tick" }, box, words), button));
}

function count() {
  const done = document.querySelector("[data-done]");
  if (done) done.textContent = String(document.querySelectorAll("#points [data-tick]:checked").length);
}
