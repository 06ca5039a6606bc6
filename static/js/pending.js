// @ts-check
/**
 * Puts what is only on this phone in its place in the lists, marked 仅在本机:
 * `[data-pending-for="stop/<id>"]` (or `item/<stop>/<item>`, or `audit/<id>`) gets a row for each new note that belongs
 * there, in place of a line `[data-nothing-here]`, and the heading's `[data-pending-count]` says how many;
 * `[data-object="<id>"]` (a row of something the server has) gets a mark while a change or a photo of it waits.
 */

import { calmly } from "./calmly.js";
import { el, icon, status } from "./dom.js";
import { showRows } from "./keyed.js";
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
    const shown = here.map((note) => asWritten(note, waiting));
    showRows(list, shown, (note) => (note.kind === "found" ? findingRow(note) : row(note, tag)));
    showCount(list, here.length);
  }
  if (document.querySelector("[data-arriving]")) await (await import("./arriving.js")).showFromPhone();
  if (waiting.some((item) => item.kind === "marked-up" || item.type === "photo"))
    await (await import("./waiting-layers.js")).showWaitingLayers(document);
  const touched = new Set(waiting.map((item) => item.object));
  for (const thing of things()) showMark(thing, touched.has(thing.dataset.object ?? ""));
});

/**
 * What a row says of a note: as it was written last, and nothing of how far its sending is.
 * @param {Item} note
 * @param {Item[]} waiting
 */
function asWritten({ id, audit, kind, entry }, waiting) {
  const later = waiting.filter((one) => one.kind === "amended" && one.object === id).at(-1)?.entry.body;
  const photos = waiting.filter((one) => one.type === "photo" && one.object === id).length;
  const body = later?.observation ?? later?.finding ?? entry.body;
  return { id, audit, kind, made_at: entry.made_at, body, photos };
}

/** @param {HTMLElement} list @param {number} n */
function showCount(list, n) {
  const nothing = /** @type {HTMLElement | null} */ (list.querySelector(":scope > [data-nothing-here]"));
  if (nothing) nothing.hidden = n > 0;
  const count = list.parentElement?.querySelector(":scope > h2 [data-pending-count]");
  if (count) count.textContent = n ? ` · ${say("only.here.n", { n })}` : "";
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

/** @param {ReturnType<typeof asWritten>} note @param {"li" | "div"} tag */
function row({ id, audit, made_at, body, photos }, tag) {
  const { text = {}, outcome = "", stop, item = "" } = body;
  const said = text[pageLanguage()] || text.zh || text.en;
  const mark = said ? outcomeMark(outcome) : "";
  const words = said || outcomeWord(outcome) || (photos ? say("photo") : "");
  const facts = [made_at.slice(11, 16), photos ? say("photos.count", { n: photos }) : ""]
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

/** @param {ReturnType<typeof asWritten>} finding */
function findingRow({ id, audit, body }) {
  const { type, statement = {}, evidence = {}, department = "", number = "" } = body;
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
