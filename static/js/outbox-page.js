// @ts-check
/** The page that shows every item of the outbox: its state and reason; send, export, delete one, send a refused one anew. */

import { calmly } from "./calmly.js";
import { hourMinute } from "./clock.js";
import { ask } from "./dialog.js";
import { el, icon } from "./dom.js";
import { handOver } from "./hand-over.js";
import { showRows } from "./keyed.js";
import { exportOutbox } from "./outbox-export.js";
import { NoOutbox, takeIn } from "./outbox-import.js";
import * as outbox from "./outbox.js";
import { openFor } from "./owner.js";
import { receipts } from "./receipts.js";
import { sizeOf } from "./size.js";
import { signInUrl } from "./sync-status.js";
import { events, now as sendNow, trouble } from "./sync.js";
import { reason } from "./reasons.js";
import { pageLanguage, say } from "./texts.js";

/** @typedef {import("./outbox-items.js").Item} Item */

const page = /** @type {HTMLElement} */ (document.querySelector("[data-outbox]"));
const ownName = page.dataset.name ?? "";
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(`[data-part="${name}"]`));

const show = calmly(async () => {
  const items = await outbox.items();
  const stuck = items.filter((item) => item.state === "refused" || item.state === "blocked");
  const waiting = items.filter((item) => ["waiting", "sending", "unsaved"].includes(item.state));
  part("count").textContent = String(items.length);
  const photos = items.filter((item) => item.type === "photo").length;
  const size = sizeOf(items.reduce((sum, item) => sum + item.size, 0));
  part("size").textContent = say("outbox.sum", { entries: items.length - photos, photos, size });
  part("gate").dataset.k = items.length ? "wait" : "ok";
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-when]"))) {
    line.hidden = (line.dataset.when === "some") !== items.length > 0;
  }
  part("signed-out").hidden = trouble() !== "session";
  /** @type {HTMLAnchorElement} */ (part("sign-in")).href = signInUrl();
  list("stuck", stuck);
  list("waiting", waiting);
  await showReceipts();
});

/** @param {string} name @param {Item[]} items */
function list(name, items) {
  const section = part(name);
  section.hidden = items.length === 0;
  /** @type {HTMLElement} */ (section.querySelector("[data-number]")).textContent = String(items.length);
  const rows = /** @type {HTMLUListElement} */ (section.querySelector("ul"));
  showRows(rows, items.map(lasting), row);
  const shown = new Map([...rows.children].map((one) => [/** @type {HTMLElement} */ (one).dataset.item, one]));
  for (const item of items) tell(/** @type {HTMLElement} */ (shown.get(item.id)), item);
}

/**
 * What a row is made from. How far it is changes at each attempt, perhaps under a thumb, and is told in place.
 * @param {Item} item
 * @returns {Item}
 */
function lasting(item) {
  return { ...item, sent: 0, reason: "", state: item.state === "sending" ? "waiting" : item.state };
}

/** @param {HTMLElement} shown its row @param {Item} item */
function tell(shown, item) {
  const symbol = symbolOf(item);
  if (shown.dataset.symbol !== symbol) shown.querySelector(":scope > svg")?.replaceWith(icon(symbol));
  shown.dataset.symbol = symbol;
  const percent = item.sent ? ` · ${Math.floor((100 * item.sent) / item.size)}%` : "";
  const facts = [time(item), sizeOf(item.size) + percent, why(item)].filter(Boolean).join(" · ");
  const line = /** @type {HTMLElement} */ (shown.querySelector("[data-facts]"));
  if (line.textContent !== facts) line.textContent = facts;
}

/** @param {Item} item */
function symbolOf({ state, type }) {
  if (state === "refused") return "warn";
  if (state === "sending") return "up";
  if (state === "unsaved") return "doc";
  return type === "photo" ? "cam" : "phone";
}

/** @param {Item} item @returns {HTMLElement} */
function row(item) {
  const refused = item.state === "refused";
  const unsaved = item.state === "unsaved";
  const actions = el(
    "span",
    { class: "flex end" },
    ...(refused ? [item.type === "photo" ? retryButton(item) : resendButton(item)] : []),
    unsaved ? goOnLink(item) : handButton(item),
    removeButton(item),
  );
  return el(
    "li",
    { "data-k": refused ? "nc" : "wait", "data-item": item.id },
    icon(symbolOf(item)),
    el("div", {}, el("strong", {}, title(item)), el("p", { "data-facts": "" }), ...carried(item)),
    actions,
  );
}

/** @param {Item} item */
function title({ type, entry, kind: sent }) {
  const kind = entry.kind ?? sent;
  if (entry.pages) return [say(`kind.${kind}`), say("document.pages", { n: entry.pages })].join(" · ");
  if (type === "photo") return [say(`kind.${kind}`), entry.name].filter(Boolean).join(" ");
  const body = entry.body.observation ?? entry.body.finding ?? entry.body;
  const words = [body.text, body.statement]
    .map((text) => text && (text[pageLanguage()] || text.zh || text.en))
    .find(Boolean);
  return [say(`kind.${kind}`), words && String(words).slice(0, 40)].filter(Boolean).join(" · ");
}

/** For whom it is carried. @param {Item} item */
function carried({ first }) {
  return first ? [el("p", {}, first.name ? say("carried.for", { name: first.name }) : say("carried"))] : [];
}

/** @param {Item} item */
function time({ entry }) {
  const moment = new Date(entry.made_at ?? entry.taken_at);
  return Number.isNaN(moment.getTime()) ? "" : hourMinute(moment);
}

/** @param {Item} item */
function why({ state, reason: code, detail }) {
  if (state === "refused") return say("refused", { reason: reason(code, detail) });
  if (state === "waiting" && code) return reason(code);
  return say(state);
}

/** @param {Item} item */
function removeButton({ id, ...item }) {
  const button = el(
    "button",
    { class: "ib", type: "button", "aria-label": `${say("remove")} ${title({ id, ...item })}` },
    icon("x"),
  );
  button.addEventListener("click", async () => {
    if (await ask(`${title({ id, ...item })} — ${say("remove.sure")}`, say("remove"))) await outbox.remove(id);
  });
  return button;
}

/** Give one item, with what belongs to it, to a colleague. @param {Item} item */
function handButton(item) {
  const words = { class: "ib", type: "button", "aria-label": `${say("hand.over")} ${title(item)}` };
  const button = el("button", words, icon("people"));
  button.addEventListener("click", async () => handOver(await exportOutbox({ item: item.id, name: ownName })));
  return button;
}

/** A document is saved at its note, and only on this phone. @param {Item} item */
function goOnLink({ audit, object, entry: { stop, item } }) {
  const capture = `/audits/${audit}/stops/${stop}/capture?${new URLSearchParams({ item, note: object })}`;
  return el("a", { class: "btn", href: stop ? capture : `/audits/${audit}/observations/${object}` }, say("document.go.on"));
}

/**
 * A refused note or finding, or a change of one, is corrected on its own page; anything else goes again as a new entry.
 * @param {Item} item
 */
function resendButton(item) {
  const href = item.first ? "" : correctedOn(item);
  if (href) return el("a", { class: "btn", href }, say("resend"));
  return actButton(say("resend.as.is"), () => outbox.resend(item.id));
}

/** Where an entry of one's own is corrected. @param {Item} item */
function correctedOn({ id, audit, kind, entry: { body } }) {
  if (kind === "amended" && body.observation) return `/audits/${audit}/observations/${body.target}`;
  if (kind === "amended" && body.finding) return `/audits/${audit}/findings/${body.target}`;
  if (kind === "found")
    return `/audits/${audit}/findings/new?${new URLSearchParams({ type: body.type, finding: id })}`;
  if (kind !== "observed") return "";
  const query = new URLSearchParams({ item: body.item ?? "", replaces: id });
  return `/audits/${audit}/stops/${body.stop}/capture?${query}`;
}

/** @param {Item} item */
function retryButton({ id }) {
  return actButton(say("try.again"), () => outbox.retry(id));
}

/** @param {string} words @param {() => Promise<void>} act */
function actButton(words, act) {
  const button = el("button", { class: "btn", type: "button" }, words);
  button.addEventListener("click", async () => {
    await act();
    await sendNow();
  });
  return button;
}

async function showReceipts() {
  const known = await receipts();
  part("receipts").hidden = known.length === 0;
  part("receipts")
    .querySelector("ul")
    ?.replaceChildren(
      ...known.map((receipt) => {
        const check =
          receipt.type === "photo"
            ? `${receipt.check.slice(0, 4)} ${receipt.check.slice(4, 8)}`
            : `#${receipt.check}`;
        const held = receipt.standing === "held" ? ` · ${say(`held.${receipt.accepts}`)}` : "";
        return el(
          "li",
          { "data-k": "ok" },
          icon("sent"),
          el(
            "div",
            {},
            el("strong", {}, say(`kind.${receipt.kind}`)),
            el("p", {}, hourMinute(new Date(receipt.at ?? "")) + held),
          ),
          el("span", { class: "small mute" }, check),
        );
      }),
    );
}

part("send").addEventListener("click", () => void sendNow());
part("export").addEventListener("click", async () => handOver(await exportOutbox({ name: ownName })));

const chooser = /** @type {HTMLInputElement} */ (part("import"));
async function takeChosen() {
  const said = part("imported");
  const [file] = chooser.files ?? [];
  chooser.value = "";
  if (!file) return;
  try {
    const { entries, photos, known, unfinished } = await takeIn(file);
    const more = [known && say("import.known", { n: known }), unfinished && say("import.unfinished", { n: unfinished })];
    said.dataset.k = unfinished ? "wait" : "ok";
    said.textContent = [say("import.done", { entries, photos }), ...more].filter(Boolean).join(" ");
    void sendNow();
  } catch (error) {
    said.dataset.k = "nc";
    said.textContent = say(error instanceof NoOutbox ? "import.none" : "import.failed");
  }
  said.hidden = false;
}

outbox.changes.addEventListener("change", () => void show());
events.addEventListener("status", () => void show());
await openFor(document.documentElement.dataset.account ?? "");
chooser.addEventListener("change", () => void takeChosen());
await takeChosen(); // chosen before this script was there
await show();
