// @ts-check
/**
 * Signing out: say first what is only on this phone. Nothing is lost by it, but somebody should know. Then the pages
 * kept for this account are hidden at once, with or without a network; the server hears of it when it can.
 */

import { ask } from "./dialog.js";
import { dropCodes } from "./guest-codes.js";
import { items } from "./outbox.js";
import { finishLeaving, hideAccount } from "./phone-state.js";
import { say } from "./texts.js";

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (new URL(form.action).pathname !== "/sign-out") return;
  event.preventDefault();
  void leave(form);
});

/** @param {HTMLFormElement} form */
async function leave(form) {
  const waiting = (await items()).length;
  const sure = !waiting || (await ask(say("sign.out.waiting", { n: waiting }), say("sign.out")));
  if (!sure) return;
  await dropCodes(document.documentElement.dataset.account ?? "");
  if (!("caches" in globalThis)) {
    form.submit(); // without asking again: submit() fires no event
    return;
  }
  await hideAccount(document.documentElement.dataset.account ?? "");
  await finishLeaving();
  location.replace("/sign-in");
}
