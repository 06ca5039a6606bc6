// @ts-check
/**
 * The forms of the team meeting, `form[data-grading]`: what the leader agreed on without a network stands in them again.
 * They can be saved from then on.
 */

import { status } from "./dom.js";
import { seeWhatWaits } from "./entry-form.js";
import { say } from "./texts.js";

const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-grading]"));

/** @param {HTMLFormElement} form */
async function begin(form) {
  const seen = form.dataset.bases;
  try {
    await seeWhatWaits(form);
    if (form.dataset.bases !== seen) show(form, JSON.parse(form.dataset.base ?? "{}"));
  } finally {
    /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]")).disabled = false;
  }
}

/** @param {HTMLFormElement} form @param {Record<string, string>} waits */
function show(form, waits) {
  for (const name of ["grade", "number", "due"]) {
    const field = /** @type {HTMLInputElement | RadioNodeList} */ (form.elements.namedItem(name));
    field.value = waits[name] ?? "";
  }
  form.querySelector("[data-form-message]")?.replaceChildren(status("wait", "phone", say("only.here")));
}

for (const form of forms) void begin(form);
