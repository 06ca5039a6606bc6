// @ts-check
/** The forms of the team meeting, `form[data-grading]`: what the leader agreed on without a network stands in them again. */

import { status } from "./dom.js";
import { seeWhatWaits } from "./entry-form.js";
import { say } from "./texts.js";

/** @param {HTMLFormElement} form */
async function show(form) {
  const seen = form.dataset.bases;
  await seeWhatWaits(form);
  if (form.dataset.bases === seen) return;
  const waits = JSON.parse(form.dataset.base ?? "{}");
  for (const name of ["grade", "number", "due"]) {
    const field = /** @type {HTMLInputElement | RadioNodeList} */ (form.elements.namedItem(name));
    field.value = waits[name] ?? "";
  }
  form.querySelector("[data-form-message]")?.replaceChildren(status("wait", "phone", say("only.here")));
}

const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-grading]"));
await Promise.all([...forms].map(show));
