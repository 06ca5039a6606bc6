// @ts-check
/**
 * `[data-pack="<audit>"]` on the audit's walk: prepares it for a day without a network, and says honestly how far that
 * is. 可离线 is said only when every page of the pack and every file of the program is in the phone's caches now.
 */

import { hourMinute, isoWithOffset } from "./clock.js";
import { status } from "./dom.js";
import { fetchPack, hasProgram, keptPack, PackBroken } from "./pack.js";
import { askToPersist, spaceLeft } from "./persist.js";
import { sizeOf } from "./size.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-pack]"));
const audit = box.dataset.pack ?? "";
const account = document.documentElement.dataset.account ?? "";
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-part="${name}"]`));
const button = /** @type {HTMLButtonElement} */ (part("fetch"));
const bar = /** @type {HTMLProgressElement} */ (part("progress"));

let isFetching = false;
/** The last time it was shown. */
let shown = Promise.resolve();

/** One after the other: what was looked up before must not be said after. */
function show() {
  shown = shown.catch(() => undefined).then(draw);
  return shown;
}

async function draw() {
  if (isFetching) return undefined;
  const { pack, missing } = await keptPack(account, audit);
  box.hidden = false;
  button.hidden = false;
  bar.hidden = true;
  if (!pack) return tell("wait", "off", say("pack.none"), say("pack.fetch"), await space());
  const facts = [
    say("pack.facts", { time: hourMinute(new Date(pack.at)), pages: pack.pages.length, size: sizeOf(pack.bytes) }),
    await space(),
  ];
  if (missing) return tell("wait", "warn", say("pack.incomplete", { n: missing }), say("pack.rest"), ...facts);
  if (!(await hasProgram())) return tell("wait", "warn", say("pack.program"), say("pack.rest"), ...facts);
  const old = staleness(pack);
  return tell("ok", "check", say("pack.ready"), say("pack.again"), ...facts, ...old);
}

/** Why the pack should be fetched again. @param {import("./pack.js").KeptPack} pack */
function staleness({ at, build, head }) {
  const lines = [];
  if (!(document.documentElement.dataset.icons ?? "").includes(`/${build}/`)) lines.push(say("pack.stale.build"));
  const now = Number(/** @type {HTMLElement | null} */ (document.querySelector("[data-head]"))?.dataset.head ?? head);
  if (now > head) lines.push(say("pack.stale.head", { n: now - head }));
  const [day, today] = [at.slice(0, 10), isoWithOffset().slice(0, 10)];
  if (day !== today) lines.push(say("pack.stale.old", { date: day }));
  return lines;
}

async function space() {
  const left = await spaceLeft();
  return left === undefined ? "" : say("pack.space", { size: sizeOf(left) });
}

/** @param {"ok" | "wait" | "nc"} kind @param {string} symbol @param {string} words @param {string} action @param {...string} facts */
function tell(kind, symbol, words, action, ...facts) {
  const said = status(kind, symbol, words);
  said.classList.add("wrap");
  part("state").replaceChildren(said);
  button.textContent = action;
  part("facts").textContent = facts.filter(Boolean).join(" · ");
}

async function prepare() {
  let [reached, total] = [0, 0];
  isFetching = true;
  button.hidden = true;
  bar.hidden = false;
  bar.removeAttribute("value");
  void askToPersist();
  try {
    await fetchPack(audit, (done, all, bytes) => {
      [reached, total] = [done, all];
      Object.assign(bar, { max: all, value: done });
      tell("wait", "sync", say("pack.fetching", { done, all }), "", bytes ? sizeOf(bytes) : "");
    });
    isFetching = false;
    await show();
  } catch (error) {
    isFetching = false;
    const why = error instanceof PackBroken ? error.why : "network";
    const words = { session: say("pack.session"), full: say("pack.full") };
    button.hidden = false;
    bar.hidden = true;
    const failed = say("pack.failed", { done: reached, all: total });
    tell("nc", "warn", why === "network" ? failed : words[why], say("pack.fetch"), await space());
  }
}

if ("caches" in globalThis && navigator.serviceWorker && document.documentElement.dataset.worker !== undefined) {
  button.addEventListener("click", () => void prepare());
  navigator.serviceWorker.addEventListener("controllerchange", () => void show());
  document.addEventListener("clausewalk:refreshed", () => void show());
  void navigator.serviceWorker.ready.then(show);
}
