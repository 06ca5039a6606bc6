// @ts-check
/**
 * A member of the team signs the report on their own phone. `[data-sign-report]` is the name under which they stand in
 * the team, `data-called` as the page's language writes it, `data-text` the sentence they sign, `data-content` the hash
 * of what the report said when this page was made.
 */

import { toast } from "./dialog.js";
import { status } from "./dom.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import { askSignature } from "./sign-dialog.js";
import { keepSignature } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-sign-report]"));
const { signReport: name = "", called = "", audit = "", content = "", text = "" } = box.dataset;
const object = `${audit}/signed/report/${name}`;
const button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-sign]"));

button.addEventListener("click", () => void sign());
void showWaiting();

async function sign() {
  const picture = await askSignature(called, text);
  if (!picture) return;
  const said = { what: "report", name, text, content_sha256: content, way: "own_phone" };
  try {
    await keepSignature(audit, object, said, picture);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showWaiting();
  await sendNow();
  if ((await outbox.pendingOf(object)).length === 0) showAnew();
}

/** What was signed here and isn't on the server yet. */
async function showWaiting() {
  if ((await outbox.pendingOf(object)).length === 0) return;
  button.hidden = true;
  box.querySelector("[data-message]")?.replaceChildren(status("wait", "phone", say("sign.here")));
}
