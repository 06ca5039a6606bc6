// @ts-check
/**
 * A member of the team signs the report on their own phone. `[data-sign-report]` is the name under which they stand in
 * the team, `data-called` as the page's language writes it, `data-text` the sentence they sign, `data-content` the hash
 * of what the report said when this page was made.
 */

import { keepAndSend, showWaiting } from "./sign-box.js";
import { askSignature } from "./sign-dialog.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-sign-report]"));
const { signReport: name = "", called = "", audit = "", content = "", text = "" } = box.dataset;
const object = `${audit}/signed/report/${name}`;

box.querySelector("[data-sign]")?.addEventListener("click", () => void sign());
void showWaiting(box, object);

async function sign() {
  const picture = await askSignature(called, text);
  if (!picture) return;
  await keepAndSend(box, audit, object, { what: "report", name, text, content_sha256: content, way: "own_phone" }, picture);
}
