// @ts-check
/**
 * Arrivals and departures, kept on the phone first.
 *
 * `[data-presence]` (on a stop) has the viewer's last visit there in its attributes, buttons `[data-presence-tap]` for
 * arriving and leaving, and `[data-presence-said]` for what is known. Arriving here leaves wherever one still was.
 * `form[data-visit-form]` (in the ledger) writes or corrects one visit: fields `begin` and `end`, and `person` and `stop`
 * where the form doesn't name them; a submitter called `gone` takes the visit back.
 */

import { isoWithOffset } from "./clock.js";
import { toast } from "./dialog.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

/** @typedef {{visit: string, stop: string, person: string}} Visit */

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-presence]"));
if (box) void start(box);
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-visit-form]")) return;
  event.preventDefault();
  void save(form, /** @type {HTMLButtonElement | null} */ (event.submitter));
});

/** @param {HTMLElement} here */
async function start(here) {
  here.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest?.("[data-presence-tap]");
    if (button instanceof HTMLButtonElement) void tap(here, button);
  });
  const { stop = "", person = "" } = here.dataset;
  for (const { kind, body } of await waiting(here.dataset.audit ?? "")) {
    if (body.stop !== stop || body.person !== person) continue;
    if (kind === "arrived" && body.visit !== here.dataset.visit) Object.assign(here.dataset, { visit: body.visit, end: "" });
    here.dataset[kind === "arrived" ? "begin" : "end"] = body.at ?? "";
  }
  show(here);
}

/** Everything about visits that this phone has not sent yet, oldest first. @param {string} audit */
async function waiting(audit) {
  const kept = await outbox.items();
  return kept
    .filter((one) => one.audit === audit && (one.kind === "arrived" || one.kind === "left") && one.state !== "refused")
    .map(({ id, kind, entry }) => ({ id, kind, body: entry.body }));
}

/** @param {HTMLElement} here @param {HTMLButtonElement} button */
async function tap(here, button) {
  button.disabled = true;
  const { audit = "", stop = "", person = "" } = here.dataset;
  const at = isoWithOffset();
  try {
    if (button.dataset.presenceTap === "arrived") {
      const visit = uuid7();
      const before = (await openElsewhere(here)).map((one) => fact("left", audit, { ...one, person }, at));
      await outbox.put([...before, fact("arrived", audit, { visit, stop, person }, at)]);
      Object.assign(here.dataset, { visit, begin: at, end: "", elsewhere: "[]" });
    } else {
      await outbox.put([fact("left", audit, { visit: here.dataset.visit ?? "", stop, person }, at)]);
      here.dataset.end = at;
    }
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  } finally {
    button.disabled = false;
  }
  show(here);
  void sendNow();
}

/** Visits of this person at other stops that have no end, on the server or here. @param {HTMLElement} here */
async function openElsewhere(here) {
  const { audit = "", stop, person, elsewhere = "[]" } = here.dataset;
  /** @type {Map<string, {visit: string, stop: string}>} */
  const open = new Map(
    JSON.parse(elsewhere).map((/** @type {Visit} */ one) => [one.visit, { visit: one.visit, stop: one.stop }]),
  );
  for (const { kind, body } of await waiting(audit)) {
    if (body.person !== person || body.stop === stop) continue;
    if (kind === "arrived" && body.at) open.set(body.visit, { visit: body.visit, stop: body.stop });
    else open.delete(body.visit);
  }
  return [...open.values()];
}

/** @param {HTMLElement} here */
function show(here) {
  const { begin = "", end = "" } = here.dataset;
  const isHere = Boolean(begin) && !end;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (here.querySelectorAll("[data-presence-tap]")))
    button.hidden = (button.dataset.presenceTap === "left") !== isHere;
  const said = /** @type {HTMLElement} */ (here.querySelector("[data-presence-said]"));
  const words = end ? said.dataset.fromTo : begin ? said.dataset.since : "";
  const { offset = "" } = here.dataset;
  said.textContent = (words ?? "").replace("{begin}", hours(begin, offset)).replace("{end}", hours(end, offset));
}

/**
 * Hours and minutes in the audit's zone, of a moment or of what a form's field has.
 * @param {string} moment
 * @param {string} offset
 */
function hours(moment, offset) {
  if (moment.length <= 16) return moment.slice(11);
  const [, sign, h, m] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? ["", "+", "0", "0"];
  const shift = (Number(h) * 60 + Number(m)) * (sign === "-" ? -60_000 : 60_000);
  return new Date(Date.parse(moment) + shift).toISOString().slice(11, 16);
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
async function save(form, button) {
  const { audit = "", offset = "", visit = uuid7(), bases = "{}" } = form.dataset;
  const fields = new FormData(form);
  const person = form.dataset.person ?? String(fields.get("person"));
  const stop = form.dataset.stop ?? String(fields.get("stop"));
  const gone = button?.name === "gone";
  const seen = JSON.parse(bases);
  const moment = (/** @type {string} */ name) => {
    const typed = String(fields.get(name) ?? "");
    return typed && !gone ? `${typed.slice(0, 16)}:00${offset}` : undefined;
  };
  const made = [fact("arrived", audit, { visit, stop, person }, moment("begin"), seen.arrived)];
  const end = moment("end");
  if (end || seen.left.length > 0) made.push(fact("left", audit, { visit, stop, person }, end, seen.left));
  try {
    await outbox.put(made);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await sendNow();
  const left = (await outbox.items()).some((one) => one.audit === audit && one.object === `${audit}/visit/${visit}`);
  const line = form.querySelector("[data-form-message]");
  if (line && left) line.textContent = say("saved.here");
  else showAnew();
}

/**
 * @param {"arrived" | "left"} kind
 * @param {string} audit
 * @param {Visit} visit
 * @param {string} [at] nothing: it did not happen
 * @param {string[]} [bases]
 * @returns {import("./outbox.js").NewEntry}
 */
function fact(kind, audit, visit, at, bases = []) {
  return { kind, audit, object: `${audit}/visit/${visit.visit}`, body: { ...visit, ...(at ? { at } : {}), bases } };
}
