// @ts-check
/**
 * The sheet that changes the plan on site: one tap opens it (`[data-plan-change]`), the next makes the change, which
 * is kept on the phone at once. What is said of it afterwards (why, who agreed, hours, people) is kept on closing.
 * `[data-plan-undo=KEY]` takes a change back. The page carries what it needs as JSON in `#plan-data`.
 *
 * A change is a `configured` entry for each stop it touches and one for itself, kept together.
 *
 * @typedef {import("./plan-edit.js").Plan} Plan
 * @typedef {import("./plan-edit.js").Edit} Edit
 * @typedef {{id: string, body: Record<string, any>, bases: string[]}} Kept
 */

import { toast } from "./dialog.js";
import { el } from "./dom.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import * as edits from "./plan-edit.js";
import { isoWithOffset } from "./clock.js";
import { now as sendNow } from "./sync.js";
import { pageLanguage, say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

const PATIENCE_MS = 4_000;

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("plan-sheet"));
/** @type {Plan} */
let plan;
let here = "";
/** Whether the sheet is open or about to be: the page is not loaded anew under somebody's thumb. */
let inUse = false;
/** @type {Made | null} */
let made = null;

/** What this page kept of stops, by entry: the page's own data may be older. @type {Map<string, Kept>} */
const mine = new Map();

/** A change while its sheet is open. */
class Made {
  /** @param {Edit} edit */
  constructor(edit) {
    this.id = uuid7();
    this.at = isoWithOffset();
    this.edit = edit;
    /** @type {Record<string, any>} */
    this.said = {};
    /** Entries kept for it, by path. @type {Map<string, Kept>} */
    this.kept = new Map();
  }

  /** Keep it as it is now: unsent entries are written anew in place, sent ones get a further version. */
  async keep() {
    /** @type {import("./outbox.js").NewEntry[]} */
    const fresh = [];
    for (const body of this.#bodies()) {
      const known = this.kept.get(body.path);
      if (known && JSON.stringify(known.body) === JSON.stringify(body)) continue;
      if (known && (await outbox.revise(known.id, { ...body, bases: known.bases }))) {
        known.body = body;
        mine.set(known.id, known);
        continue;
      }
      const bases = known ? [known.id] : headsOf(body.path);
      fresh.push({ kind: "configured", audit: plan.audit, object: body.path, body: { ...body, bases } });
    }
    const ids = await outbox.put(fresh);
    for (const [n, id] of ids.entries()) {
      const { bases, ...body } = fresh[n].body;
      this.kept.set(body.path, { id, body, bases });
      mine.set(id, { id, body, bases });
    }
    void sendNow();
  }

  /** Take it back: what was never sent is dropped, else the stops get their former content again. */
  async undo() {
    const ids = [...this.kept.values()].map((kept) => kept.id);
    const waiting = (await outbox.items()).filter((item) => ids.includes(item.id));
    if (waiting.length === ids.length && waiting.every((item) => item.editable)) {
      for (const id of ids) await outbox.remove(id);
      return;
    }
    await load();
    plan.changes[this.id] = { before: this.edit.before };
    await new Made(edits.undo(plan, this.id)).keep();
  }

  /** @returns {Record<string, any>[]} bodies of the entries, without bases */
  #bodies() {
    const { kind, before, after, undoes } = this.edit;
    const common = this.said;
    const stops = Object.entries(after).map(([key, stop]) => ({
      path: `stops/${key}`,
      value: stop && kind !== "undo" ? { ...stop, changed_by: this.id } : stop,
      ...common,
    }));
    const value = { kind, at: this.at, stops: Object.keys(after), before, after, ...common, ...(undoes && { undoes }) };
    return [...stops, { path: `plan_changes/${this.id}`, value, ...common }];
  }
}

/** Versions seen of a path. @param {string} path */
function headsOf(path) {
  const [section, key] = path.split("/");
  return section === "stops" ? (plan.stops.find((stop) => stop.key === key)?.heads ?? []) : [];
}

/** The plan as the page has it, with what is only on this phone laid over. */
async function load() {
  plan = JSON.parse(document.getElementById("plan-data")?.textContent ?? "{}");
  const waiting = (await outbox.items()).filter(
    (item) => item.kind === "configured" && item.audit === plan.audit && item.state !== "refused",
  );
  for (const { id, entry } of waiting) {
    const { path, value } = entry.body;
    const [section, key] = path.split("/");
    if (section === "plan_changes" && value?.before) plan.changes[key] = { before: value.before };
    if (section === "plan_changes" && value?.undoes) delete plan.changes[value.undoes];
    if (section === "stops") seen(key, value, id);
  }
  // Sent meanwhile, and not yet in what the page shows: it follows what the page knows.
  for (const { id, body, bases } of mine.values()) {
    const [section, key] = body.path.split("/");
    if (section === "stops" && headsOf(body.path).join() === bases.join()) seen(key, body.value, id);
  }
}

/**
 * What a stop is by now, and the version that says so.
 * @param {string} key @param {Record<string, any> | null} value @param {string} [head]
 */
function seen(key, value, head) {
  const heads = head ? [head] : [];
  const at = plan.stops.findIndex((stop) => stop.key === key);
  if (!value) plan.stops = plan.stops.filter((stop) => stop.key !== key);
  else if (at < 0) plan.stops.push({ key, name: nameOf(value), heads, value });
  else plan.stops[at] = { ...plan.stops[at], value, heads };
}

/** @param {Record<string, any>} stop */
function nameOf(stop) {
  const process = stop.process?.[pageLanguage()] ?? stop.process?.zh;
  return [stop.department, process].filter(Boolean).join(" · ");
}

/** @param {string} stop */
async function open(stop) {
  inUse = true;
  await load();
  made = null;
  here = stop || plan.at;
  const select = /** @type {HTMLSelectElement | null} */ (dialog.querySelector("[data-plan-stop]"));
  const offered = plan.stops.filter((one) => !one.slim);
  select?.replaceChildren(...offered.map(({ key, name }) => new Option(name, key, false, key === here)));
  /** @type {HTMLFormElement} */ (dialog.querySelector("form")).reset();
  if (select) select.value = here;
  show("choose");
  fit();
  dialog.showModal();
}

/** @param {"choose" | "details"} step */
function show(step) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-plan-step]")))
    part.hidden = part.dataset.planStep !== step;
}

/** Offer what can be done with the stop, and nothing else. */
function fit() {
  const stop = plan.stops.find((one) => one.key === here)?.value;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-plan-of-stop]")))
    part.hidden = !stop || stop.status === "skipped" || stop.status === "merged";
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-plan-do]"))) {
    const { planDo: what, to = "", day } = button.dataset;
    if (what === "swap") button.hidden = stop?.auditors?.length === 1 && stop.auditors[0] === to;
    if (what === "move") button.hidden = !stop?.start || (day !== undefined && stop.start.slice(0, 10) === day);
  }
  const [near, others] = mergeable();
  dialog.querySelector("[data-plan-near]")?.replaceChildren(...near.map(mergeButton));
  const into = /** @type {HTMLSelectElement} */ (dialog.querySelector("[data-plan-into]"));
  into.replaceChildren(new Option("…", ""), ...others.map(({ key, name }) => new Option(name, key)));
}

/** Stops to join with: those next to it that share its auditors, and all others. */
function mergeable() {
  const at = plan.stops.findIndex((stop) => stop.key === here);
  /** @type {string[]} */
  const own = plan.stops[at]?.value.auditors ?? [];
  const joinable = plan.stops.filter(
    ({ key, value, slim }) =>
      key === here || (!slim && (value.type ?? "audit") === "audit" && !/skipped|merged/.test(value.status)),
  );
  const shared = joinable.filter(
    ({ key, value }) => key === here || own.some((/** @type {string} */ one) => value.auditors?.includes(one)),
  );
  const place = shared.findIndex((stop) => stop.key === here);
  const near = [shared[place - 1], shared[place + 1]].filter(Boolean);
  return [near, joinable.filter((stop) => stop.key !== here && !near.includes(stop))];
}

/** @param {import("./plan-edit.js").Planned} stop */
function mergeButton({ key, name }) {
  return el("button", { class: "btn", type: "button", "data-plan-do": "merge", "data-to": key }, name);
}

/** @param {DOMStringMap} tapped @returns {Edit | undefined} */
function editOf({ planDo: what, to = "", minutes, day, department = "" }) {
  const start = plan.stops.find((stop) => stop.key === here)?.value.start;
  if (what === "swap") return edits.swap(plan, here, [to]);
  if (what === "skip") return edits.skip(plan, here);
  if (what === "merge") return edits.merge(plan, here, to);
  if (what === "split") return edits.split(plan, here, uuid7());
  if (what === "add") return edits.add(plan, uuid7(), department, Date.now());
  if (what === "move" && minutes) return edits.move(plan, here, edits.later(start, Number(minutes)));
  if (what === "move" && day) return edits.move(plan, here, edits.onDay(start, day));
  return undefined;
}

/** @param {Edit | undefined} edit */
async function make(edit) {
  if (!edit) return;
  made = new Made(edit);
  try {
    await made.keep();
  } catch (error) {
    made = null;
    toast(say("storage.failed"));
    throw error;
  }
  const line = /** @type {HTMLElement} */ (dialog.querySelector("[data-plan-made]"));
  line.textContent = plan.words[edit.kind];
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-plan-for]")))
    part.hidden = !(part.dataset.planFor ?? "").split(" ").includes(edit.kind);
  prefill(edit);
  show("details");
  line.focus();
}

/** Details begin with what the change has made of the stop. @param {Edit} edit */
function prefill(edit) {
  const stop = Object.values(edit.after).at(-1);
  if (!stop) return;
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("[name=auditor]")))
    box.checked = (stop.auditors ?? []).includes(box.value);
  field("day").value = stop.start?.slice(0, 10) ?? "";
  field("from").value = stop.start?.slice(11, 16) ?? "";
  field("to").value = stop.end?.slice(11, 16) ?? "";
  field("process").value = stop.process?.[pageLanguage()] ?? "";
}

/** Take what was said of the change into it, and keep that. */
async function finish() {
  if (!made) return;
  const { edit } = made;
  const key = Object.keys(edit.after).at(-1) ?? "";
  const stop = edit.after[key];
  if (stop && ["swap", "split", "add"].includes(edit.kind)) {
    const auditors = [...dialog.querySelectorAll("[name=auditor]:checked")].map(
      (box) => /** @type {HTMLInputElement} */ (box).value,
    );
    edit.after[key] = { ...stop, auditors, ...(edit.kind === "swap" ? {} : processOf(stop)) };
  }
  const [day, from, to] = ["day", "from", "to"].map((name) => field(name).value);
  const asMade = [stop?.start?.slice(0, 10), stop?.start?.slice(11, 16), stop?.end?.slice(11, 16) ?? ""];
  // Where nobody changed them, they say less than the stop does: it may end on the next day.
  const isTyped = [day, from, to].join() !== asMade.join();
  if (isTyped && stop?.start && day && from && ["move", "add"].includes(edit.kind)) {
    const offset = stop.start.slice(19);
    const moved = edits.move(plan, here, `${day}T${from}:00${offset}`, to ? `${day}T${to}:00${offset}` : "");
    const { start, end, position } = /** @type {any} */ (Object.values(moved.after)[0]);
    if (stop.start !== start || stop.end !== end) edit.after[key] = { ...edit.after[key], start, end, position };
  }
  made.said = said();
  await made.keep();
}

/** @param {Record<string, any>} stop */
function processOf(stop) {
  const text = field("process").value.trim();
  if (text === (stop.process?.[pageLanguage()] ?? "")) return {};
  return { process: { [pageLanguage()]: text } };
}

/** Why, and who agreed. @returns {Record<string, any>} */
function said() {
  const chosen = /** @type {HTMLInputElement | null} */ (dialog.querySelector("[name=why]:checked"));
  const more = field("why_more").value.trim();
  const reason = chosen ? JSON.parse(chosen.value) : {};
  if (more) {
    const lang = pageLanguage();
    reason[lang] = [reason[lang], more].filter(Boolean).join(lang === "zh" ? "：" : ": ");
  }
  const agreed =
    field("agreed_other").value.trim() ||
    /** @type {HTMLInputElement | null} */ (dialog.querySelector("[name=agreed]:checked"))?.value;
  return { ...(Object.keys(reason).length && { reason }), ...(agreed && { agreed_with: agreed }) };
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (dialog.querySelector(`[name=${name}]`));
}

/** Show the plan as it is now where the server has it, else say that it is only here. @param {string} words */
async function settle(words) {
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([sendNow(), late]);
  const waiting = (await outbox.items()).some((item) => item.kind === "configured" && item.audit === plan.audit);
  if (waiting) toast(`${words} · ${plan.words.kept}`);
  else if (!inUse) showAnew();
}

/** A tap on something that opens the sheet, changes the plan or takes a change back. @param {HTMLElement} button */
export function tapped({ dataset }) {
  const { planDo: what, planUndo: undone, planChange: stop = "" } = dataset;
  if (undone) void takeBack(undone);
  else if (what === "undo") void undoMade();
  else if (what) void make(editOf(dataset));
  else void open(stop);
}

dialog.addEventListener("change", (event) => {
  const select = /** @type {HTMLSelectElement} */ (event.target);
  if (select.matches("[data-plan-stop]")) {
    here = select.value;
    fit();
  }
  if (select.matches("[data-plan-into]") && select.value) void make(edits.merge(plan, here, select.value));
});
dialog.addEventListener("close", () => void closed());

async function closed() {
  inUse = false;
  if (!made) return;
  await finish();
  const words = plan.words[made.edit.kind];
  made = null;
  await settle(words);
}

async function undoMade() {
  const undoing = made;
  made = null;
  dialog.close();
  await undoing?.undo();
  await settle(plan.words.undone);
}

/** @param {string} change its key */
async function takeBack(change) {
  await load();
  if (!plan.changes[change]) return;
  await new Made(edits.undo(plan, change)).keep();
  await settle(plan.words.undone);
}
