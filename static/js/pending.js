// @ts-check
/**
 * Puts what is only on this phone in its place in the lists, marked 仅在本机:
 * `[data-pending-for="stop/<id>"]` (or `item/<stop>/<item>`, or `audit/<id>`) gets a row for each new note that belongs
 * there, in place of a line `[data-nothing-here]`, and the heading's `[data-pending-count]` says how many;
 * `[data-object="<id>"]` (a row of something the server has) gets a mark while a change or a photo of it waits.
 */

import { calmly } from "./calmly.js";
import { el, icon, status } from "./dom.js";
import { changes, items } from "./outbox.js";
import { pageLanguage, say } from "./texts.js";

/** @typedef {import("./outbox-items.js").Item} Item */

const show = calmly(async () => {
  const waiting = await items();
  // The server may have, and the page may list, what nobody told this phone of yet.
  const listed = new Set([...things()].map((thing) => thing.dataset.object));
  const notes = waiting.filter(({ kind, id }) => (kind === "observed" || kind === "found") && !listed.has(id));
  for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-pending-for]"))) {
    const here = notes.filter((note) => places(note).includes(list.dataset.pendingFor ?? ""));
    const tag = list.matches("ul, ol") ? "li" : "div";
    showRows(
      list,
      here.map((note) => (note.kind === "found" ? findingRow(note, waiting) : row(note, tag, waiting))),
    );
  }
  if (waiting.some((item) => item.kind === "marked-up" || item.type === "photo"))
    await (await import("./waiting-layers.js")).showWaitingLayers(document);
  const touched = new Set(waiting.map((item) => item.object));
  for (const thing of things()) showMark(thing, touched.has(thing.dataset.object ?? ""));
});

/**
 * Rows that say the same stay: one that is made anew under a finger takes no tap.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 */
function showRows(list, rows) {
  const old = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(":scope > [data-pending]"));
  const known = new Map([...old].map((one) => [one.dataset.pending, one]));
  for (const one of rows) {
    const was = known.get(one.dataset.pending);
    known.delete(one.dataset.pending);
    if (!was) list.append(one);
    else if (!was.isEqualNode(one)) was.replaceWith(one);
  }
  for (const gone of known.values()) gone.remove();
  const nothing = /** @type {HTMLElement | null} */ (list.querySelector(":scope > [data-nothing-here]"));
  if (nothing) nothing.hidden = rows.length > 0;
  const count = list.parentElement?.querySelector(":scope > h2 [data-pending-count]");
  if (count) count.textContent = rows.length ? ` · ${say("only.here.n", { n: rows.length })}` : "";
}

/** @param {HTMLElement} thing @param {boolean} waits */
function showMark(thing, waits) {
  const shown = thing.querySelector(":scope > [data-pending-mark]");
  if (!waits) shown?.remove();
  if (!waits || shown) return;
  const mark = status("wait", "phone", say("only.here"));
  mark.dataset.pendingMark = "";
  thing.append(mark);
}

/** @returns {NodeListOf<HTMLElement>} what the page lists that the server has */
function things() {
  return document.querySelectorAll("[data-object]");
}

/** Where a note belongs. @param {Item} note */
function places({ audit, kind, entry }) {
  const { stop, item = "", type } = entry.body;
  if (kind === "found") return [`${type}/${audit}`];
  return [`audit/${audit}`, `stop/${stop}`, `item/${stop}/${item}`];
}

/** @param {Item} note @param {"li" | "div"} tag @param {Item[]} waiting */
function row({ id, audit, entry }, tag, waiting) {
  const later = waiting.filter((one) => one.kind === "amended" && one.object === id);
  const { text = {}, outcome = "", stop, item = "" } = later.at(-1)?.entry.body.observation ?? entry.body;
  const photos = waiting.filter((one) => one.type === "photo" && one.object === id).length;
  const said = text[pageLanguage()] || text.zh || text.en;
  const mark = said ? outcomeMark(outcome) : "";
  const words = said || outcomeWord(outcome) || (photos ? say("photo") : "");
  const facts = [entry.made_at.slice(11, 16), photos ? say("photos.count", { n: photos }) : ""]
    .filter(Boolean)
    .join(" · ");
  const query = new URLSearchParams({ item, note: id });
  const link = el("a", { class: "rec", href: `/audits/${audit}/stops/${stop}/capture?${query}` }, words);
  return el(
    tag,
    { "data-pending": id, "data-k": "wait" },
    icon("phone"),
    el("div", {}, mark, link, el("p", { class: "small mute" }, facts)),
    status("wait", "phone", say("only.here")),
  );
}

/** @param {Item} finding @param {Item[]} waiting */
function findingRow({ id, audit, entry }, waiting) {
  const later = waiting.filter((one) => one.kind === "amended" && one.object === id);
  const { type, statement = {}, evidence = {}, department = "", number = "" } =
    later.at(-1)?.entry.body.finding ?? entry.body;
  const language = pageLanguage();
  const words = [statement, evidence].flatMap((text) => [text[language], text.zh, text.en]).find(Boolean) ?? "";
  const query = new URLSearchParams({ type, finding: id });
  return el(
    "a",
    { "data-pending": id, "data-k": "wait", href: `/audits/${audit}/findings/new?${query}` },
    icon("phone"),
    el("div", {}, el("strong", {}, [number, department].filter(Boolean).join(" ")), el("p", { class: "clip" }, words)),
    status("wait", "phone", say("only.here")),
  );
}

/** The house's word for an outcome, as the page itself writes it. @param {string} outcome */
export function outcomeWord(outcome) {
  return outcomeLabel(outcome)?.textContent?.trim() || outcome;
}

/** The outcome with its colour and icon; nothing on a page that doesn't know it. @param {string} outcome */
function outcomeMark(outcome) {
  const label = outcomeLabel(outcome);
  if (!label) return "";
  const kind = /** @type {Parameters<typeof status>[0]} */ (label.dataset.k);
  return el("p", {}, status(kind, `o-${kind}`, outcomeWord(outcome)));
}

/** Strips get their radios late, so their template counts as well. @param {string} outcome */
function outcomeLabel(outcome) {
  if (!outcome) return null;
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("outcomes"));
  const value = `input[value="${CSS.escape(outcome)}"]`;
  const radio = document.querySelector(`.seg ${value}`) ?? template?.content.querySelector(value);
  return radio?.closest("label") ?? null;
}

changes.addEventListener("change", () => void show());
document.addEventListener("htmx:after:swap", () => void show());
document.addEventListener("clausewalk:refreshed", () => void show());
void show();
