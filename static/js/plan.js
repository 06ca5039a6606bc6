// @ts-check
/**
 * The plan saves by itself: a tap on a cell of the matrix, a change in a stop's form. What follows from it — checks,
 * auditor-days, the way back — comes with the answer. Without this script the same forms go and come back.
 */

import { say } from "./texts.js";
import { toast } from "./dialog.js";

/** What a tap makes of a cell. @type {Record<string, string>} */
const NEXT = { "": "main", main: "related", related: "" };
/** @type {Record<string, string>} */
const SIGNS = { "": "", main: "●", related: "○" };

const plan = /** @type {HTMLElement} */ (document.querySelector("[data-plan]"));

/** A save that takes longer than this is none. */
const PATIENCE_MS = 15_000;

/** Saves go one after the other, each reading its form when its turn comes: it builds on the answer before. */
let queue = Promise.resolve();
let unsaved = 0;

/** @param {() => Promise<void>} job */
function inTurn(job) {
  unsaved += 1;
  plan.dataset.saving = "";
  queue = queue.then(job, job).finally(() => {
    unsaved -= 1;
    if (!unsaved) delete plan.dataset.saving;
  });
}

/** What would leave the page happens once everything is saved. @param {Event} event @param {() => void} again */
function afterwards(event, again) {
  if (!unsaved || event.defaultPrevented) return;
  event.preventDefault();
  void queue.then(again, again);
}

/**
 * @param {string} url
 * @param {URLSearchParams} fields
 * @returns {Promise<{ok: boolean, status: number, page: Document} | undefined>} undefined where no whole answer came in time
 */
async function post(url, fields) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const asked = { method: "POST", body: fields, headers: { Clausewalk: "1" }, signal };
  try {
    const response = await fetch(url, { ...asked, redirect: "error" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return { ok: response.ok, status: response.status, page };
  } catch {
    return undefined;
  }
}

/** Put what the answer brings in the place of what is shown. @param {Document} answer @param {string[]} ids */
function show(answer, ids) {
  for (const id of ids) {
    const fresh = answer.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(fresh);
  }
}

/** @param {HTMLButtonElement} button */
function tap(button) {
  const form = /** @type {HTMLFormElement} */ (button.form);
  const [code] = button.value.split("=");
  const before = button.dataset.mark ?? "";
  const after = NEXT[before];
  const twins = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("button.cell")]).filter(
    (one) => one.form === form && one.value.split("=")[0] === code,
  );
  for (const one of twins) paint(one, after);
  const fields = new URLSearchParams({ department: form.dataset.row ?? "", cell: `${code}=${after}` });
  inTurn(async () => {
    const answer = await post(form.action, fields);
    if (answer?.ok) show(answer.page, ["plan-undo", "plan-aside"]);
    else {
      for (const one of twins) paint(one, before);
      toast(say("plan.not.saved"));
    }
  });
}

/** @param {HTMLButtonElement} button @param {string} mark */
function paint(button, mark) {
  const [code] = button.value.split("=");
  button.dataset.mark = mark;
  button.value = `${code}=${NEXT[mark]}`;
  /** @type {HTMLElement} */ (button.querySelector(".sign")).textContent = SIGNS[mark];
  button.setAttribute("aria-label", `${button.dataset.name} ${say(`plan.mark.${mark || "none"}`)}`);
}

/** Arrows go from cell to cell. @param {KeyboardEvent} event @param {HTMLButtonElement} button */
function step(event, button) {
  const cell = /** @type {HTMLTableCellElement | null} */ (button.closest(".matrix td"));
  const row = /** @type {HTMLTableRowElement | null} */ (cell?.parentElement);
  const body = /** @type {HTMLTableSectionElement | null} */ (row?.parentElement);
  if (!cell || !row || !body) return;
  /** @type {Record<string, [number, number]>} */
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const [down, right] = steps[event.key] ?? [0, 0];
  if (!down && !right) return;
  event.preventDefault();
  const next = body.rows[row.sectionRowIndex + down]?.cells[cell.cellIndex + right];
  next?.querySelector("button")?.focus();
}

/** @param {HTMLFormElement} form */
async function save(form) {
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const answer = await post(form.action, fields);
  if (!answer || (answer.status !== 400 && !answer.ok)) {
    toast(say("plan.not.saved"));
    return;
  }
  const id = `stop-${form.dataset.stop}`;
  const fresh = answer.page.getElementById(id);
  const shown = document.getElementById(id);
  if (!fresh || !shown) return;
  form.querySelector(":scope > [role=alert]")?.remove();
  const wrong = fresh.querySelector("form > [role=alert]");
  if (wrong) {
    form.prepend(wrong);
    show(answer.page, ["plan-undo"]); // what an earlier change said is not true of this one
    return;
  }
  // What is being typed stays: only the line above and what the next save builds on are new.
  shown.querySelector("summary")?.replaceWith(/** @type {HTMLElement} */ (fresh.querySelector("summary")));
  const seen = /** @type {HTMLInputElement} */ (form.elements.namedItem("seen"));
  seen.value = /** @type {HTMLInputElement} */ (fresh.querySelector("[name=seen]")).value;
  form.querySelector(".told")?.replaceWith(/** @type {HTMLElement} */ (fresh.querySelector(".told")));
  show(answer.page, ["plan-undo", "plan-aside"]);
}

plan.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!(button instanceof HTMLButtonElement) || !button.matches(".cell")) return;
  event.preventDefault();
  tap(button);
});
plan.addEventListener("keydown", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (button instanceof HTMLButtonElement) step(event, button);
});
plan.addEventListener("change", (event) => {
  const form = /** @type {HTMLInputElement} */ (event.target).form;
  if (form?.dataset.stop) inTurn(() => save(form));
});
plan.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (!form.dataset.stop || button?.name === "remove") {
    afterwards(event, () => form.requestSubmit(button));
    return;
  }
  event.preventDefault();
  inTurn(() => save(form));
});
// A link from a check to a stop unfolds it.
addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("#checks a");
  const id = decodeURIComponent(link?.getAttribute("href")?.split("#")[1] ?? "");
  const stop = id.startsWith("stop-") ? document.getElementById(id) : null;
  if (!stop) return;
  event.preventDefault();
  stop.setAttribute("open", "");
  stop.scrollIntoView({ block: "center" });
  /** @type {HTMLElement | null} */ (stop.querySelector("summary"))?.focus();
});
addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("a[href]");
  if (link instanceof HTMLElement) afterwards(event, () => link.click());
});
// From here on nothing goes and comes back any more.
plan.dataset.ready = "yes";
