// @ts-check
/** `[data-phone-facts]`: what this phone promises to keep, how much room there is, and what endangers it. */

import { isIosTab } from "./browser-kind.js";
import { el, icon } from "./dom.js";
import { owner } from "./owner.js";
import { askToPersist, isPersisted, spaceLeft } from "./persist.js";
import { sizeOf } from "./size.js";
import { all } from "./store.js";
import { say } from "./texts.js";

const list = /** @type {HTMLElement} */ (document.querySelector("[data-phone-facts]"));

async function show() {
  const [kept, left, others] = await Promise.all([isPersisted(), spaceLeft(), ofOthers()]);
  const promise = kept === undefined ? "" : say(kept ? "persist.yes" : "persist.no");
  const lines = [
    promise && line(kept ? "ok" : "wait", kept ? "check" : "warn", promise),
    left === undefined ? "" : line("", "phone", say("pack.space", { size: sizeOf(left) })),
    isIosTab() ? line("wait", "warn", say("ios.tab")) : "",
    others ? line("wait", "people", say("others.waiting", { n: others })) : "",
  ];
  list.replaceChildren(...lines.filter(Boolean));
  if (kept === false) list.append(askButton());
}

/** @param {string} kind @param {string} symbol @param {string} words */
function line(kind, symbol, words) {
  return el("p", { class: "note", ...(kind ? { "data-k": kind } : {}) }, icon(symbol), el("span", {}, words));
}

/** Browsers answer differently once the app is installed or used often: so it can be asked again. */
function askButton() {
  const button = el("button", { class: "btn", type: "button" }, say("persist.ask"));
  button.addEventListener("click", async () => {
    await askToPersist();
    await show();
  });
  return button;
}

/** Where the browser offers it (not on iOS): what is installed is purged last. @param {any} event */
function installButton(event) {
  event.preventDefault();
  const button = el("button", { class: "btn", type: "button", "data-install": "" }, icon("phone"), say("install"));
  button.addEventListener("click", async () => {
    await event.prompt();
    button.remove();
  });
  document.querySelector("[data-install]")?.remove();
  list.after(button);
}

/** How many things of other accounts wait on this phone; nothing else of them is shown. */
async function ofOthers() {
  const { account } = owner();
  const photos = await all("photos");
  const drawn = new Set(photos.map((photo) => photo.entry));
  const entries = (await all("entries")).filter((entry) => !drawn.has(entry.id));
  return [...photos, ...entries].filter((row) => row.account !== account).length;
}

addEventListener("beforeinstallprompt", installButton);
void askToPersist().then(show); // some browsers ask the person, who may take their time
