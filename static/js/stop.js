// @ts-check
/**
 * One tap on an outcome is a note: `fieldset.seg` within `[data-clauses]` (JSON `[{"scheme","number"}]`) and
 * `[data-audit][data-stop][data-department]`, beside the link that writes a note on the item; of that it gets its
 * `data-item`. Each gets the radios of `#outcomes`, with `data-chosen` checked. Where this
 * person already gave an outcome and nothing else there, the server adds `data-observation`, `data-bases` and
 * `data-content` (JSON), and the tap changes that note instead of making another.
 */

import { isoWithOffset } from "./clock.js";
import { toast } from "./dialog.js";
import { Note } from "./note.js";
import * as outbox from "./outbox.js";
import { outcomeWord } from "./pending.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

/** How long strips are filled before anything else gets its turn: half a frame, or a tap would wait. */
const AT_ONCE_MS = 8;
/** Notes of strips on this page, so that the second tap changes the first one's note. @type {Map<string, Note>} */
const notes = new Map();
/** How many strips have got radios: names their groups apart. */
let groups = 0;

document.addEventListener("change", (event) => {
  const radio = /** @type {HTMLInputElement} */ (event.target);
  const strip = /** @type {HTMLElement | null} */ (radio.closest?.(".seg[data-item]"));
  if (strip && radio.type === "radio") void record(strip, radio.value);
});
for (const event of ["htmx:after:swap", "clausewalk:refreshed"]) document.addEventListener(event, () => void fill());
void fill();

/** Give each strip its radios, and show what was chosen; between a few of them the page may do what else is due. */
async function fill() {
  const radios = /** @type {HTMLTemplateElement | null} */ (document.getElementById("outcomes"));
  let began = performance.now();
  for (const strip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".item .seg:empty"))) {
    if (performance.now() - began > AT_ONCE_MS) {
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      began = performance.now();
    }
    if (strip.isConnected && !strip.hasChildNodes()) fillOne(strip, radios?.content);
  }
  await showPending();
}

/** @param {HTMLElement} strip @param {DocumentFragment | undefined} radios */
function fillOne(strip, radios) {
  const link = /** @type {HTMLAnchorElement | null} */ (strip.parentElement?.querySelector("a.line"));
  if (link) strip.dataset.item = new URL(link.href).searchParams.get("item") ?? "";
  const own = /** @type {DocumentFragment | undefined} */ (radios?.cloneNode(true));
  for (const radio of own?.querySelectorAll("input") ?? []) {
    radio.name = `outcome/${groups}`;
    radio.checked = radio.value === strip.dataset.chosen;
  }
  groups += 1;
  strip.append(own ?? "");
  delete strip.dataset.chosen;
}

/** @param {HTMLElement} strip @param {string} outcome */
async function record(strip, outcome) {
  const note = await noteOf(strip);
  const before = note.content;
  const begin = { ...subject(strip), seen_at: isoWithOffset(), department: placeOf(strip).department };
  const content = Object.fromEntries(
    Object.entries({ ...begin, ...before, outcome }).filter(([, value]) => value !== ""),
  );
  try {
    await note.keep(content);
  } catch (error) {
    check(strip, before?.outcome ?? "");
    toast(say("storage.failed"));
    throw error;
  }
  void sendNow();
  toast(say("outcome.saved", { outcome: outcomeWord(outcome) }), {
    words: say("undo"),
    run: () => void undo(strip, note, before),
  });
}

/** @param {HTMLElement} strip @param {Note} note @param {Record<string, any> | null} before */
async function undo(strip, note, before) {
  if (before) {
    await note.keep(before);
  } else {
    const [row] = await outbox.pendingOf(note.id);
    if (row && !row.attempted) await outbox.remove(row.id);
    else await withdraw(note);
    notes.delete(keyOf(strip));
  }
  check(strip, before?.outcome ?? "");
  void sendNow();
  toast(say("outcome.undone"));
}

/** @param {Note} note */
function withdraw({ id, audit, bases }) {
  const body = { target: id, bases, reason: say("undo.reason") };
  return outbox.put([{ kind: "withdrawn", audit, object: id, body }]);
}

/** @param {HTMLElement} strip */
async function noteOf(strip) {
  const known = notes.get(keyOf(strip));
  if (known) return known;
  const { observation, bases, content } = strip.dataset;
  const here = pendingOutcome(strip, await outbox.items());
  const note = new Note({
    audit: placeOf(strip).audit,
    observation: observation || here,
    bases: json(bases, []),
    content: json(content, null),
  });
  await note.catchUp();
  notes.set(keyOf(strip), note);
  return note;
}

/** Show the outcomes that are only on this phone yet. */
async function showPending() {
  const waiting = await outbox.items();
  if (!waiting.length) return;
  for (const strip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".seg[data-item]"))) {
    const kept = pendingOutcome(strip, waiting) ?? strip.dataset.observation;
    const rows = kept ? await outbox.pendingOf(kept) : [];
    const last = rows.filter((row) => row.kind !== "withdrawn").at(-1);
    if (!last) continue;
    const { body } = JSON.parse(last.raw);
    check(strip, (body.observation ?? body).outcome ?? "");
  }
}

/**
 * A note kept here about the same that says an outcome and nothing else.
 * @param {HTMLElement} strip
 * @param {import("./outbox-items.js").Item[]} waiting
 * @returns {string | undefined} its id
 */
function pendingOutcome(strip, waiting) {
  const { stop, item, clauses } = subject(strip);
  const found = waiting.find(
    ({ kind, entry: { body } }) =>
      kind === "observed" &&
      body.stop === stop &&
      (body.item ?? "") === item &&
      (item || JSON.stringify(body.clauses) === JSON.stringify(clauses)) &&
      body.outcome &&
      !body.text &&
      !body.cards,
  );
  return found?.id;
}

/**
 * What the strip asks about. A planned clause without any item has its code in `data-item`: its note names no item.
 * @param {HTMLElement} strip
 */
function subject(strip) {
  const { item = "" } = strip.dataset;
  const { stop } = placeOf(strip);
  /** @type {{scheme: string, number: string}[]} */
  const clauses = json(/** @type {HTMLElement | null} */ (strip.closest("[data-clauses]"))?.dataset.clauses, []);
  const isClause = clauses.some(
    ({ number }) => item.endsWith(number) && /^[A-Za-z]{1,2}$/.test(item.slice(0, -number.length)),
  );
  return { stop, item: isClause ? "" : item, clauses };
}

/** @param {HTMLElement} strip */
function placeOf(strip) {
  const { audit = "", stop = "", department = "" } =
    /** @type {HTMLElement | null} */ (strip.closest("[data-stop]"))?.dataset ?? {};
  return { audit, stop, department };
}

/** @param {HTMLElement} strip @param {string} outcome */
function check(strip, outcome) {
  for (const radio of strip.querySelectorAll("input")) radio.checked = radio.value === outcome;
}

/** @param {HTMLElement} strip */
function keyOf(strip) {
  return `${placeOf(strip).stop}/${strip.dataset.item}`;
}

/** @param {string | undefined} text @param {any} otherwise */
function json(text, otherwise) {
  return text ? JSON.parse(text) : otherwise;
}
