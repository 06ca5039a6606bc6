// @ts-check
/**
 * The page's side of the service worker: registers it, and lets a new version take over only when nothing is being
 * edited in any tab of this phone. Loaded by every page, sign-in included.
 */

import { el, icon } from "./dom.js";
import { say } from "./texts.js";

const EDITING = "clausewalk-editing";
const LEAVING_MS = 2_000;
const LOOK_EVERY_MS = 3_600_000;
/** Set once this page itself asked for the new version, or another tab did. */
let replacing = false;
let isEdited = false;
/** @type {Promise<never>} */
const never = new Promise(Object);

/** Register the worker, where this page may have one. */
export async function register() {
  if (!globalThis.isSecureContext || !navigator.serviceWorker) return;
  if (document.documentElement.dataset.worker === undefined) return; // switched off on this server
  let hadWorker = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker changes nothing here; another version does: this page's parts would no longer fit together.
    if (hadWorker && !isEdited && !replacing) {
      replacing = true;
      location.reload();
    }
    hadWorker = true;
  });
  noticeEditing();
  try {
    const options = /** @type {const} */ ({ type: "module", updateViaCache: "none", scope: "/" });
    watch(await navigator.serviceWorker.register("/sw.js", options));
    void askIn();
  } catch (error) {
    console.warn("worker", error); // an unknown certificate, or storage switched off: everything works but offline pages
  }
}

/** A page that was still on its way while the first worker began was passed over when that took pages in. */
async function askIn() {
  const { active } = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) active?.postMessage("take-me-in");
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  if (registration.waiting && registration.active) void offer(registration, true);
  const awaitComing = () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && registration.active) void offer(registration, false);
    });
  };
  awaitComing(); // it may have been found on the page before
  registration.addEventListener("updatefound", awaitComing);
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && registration.waiting) void takeOver(registration);
  });
}

/**
 * A new version is here: say so; take it at once where a page is only just opening.
 * @param {ServiceWorkerRegistration} registration
 * @param {boolean} opening
 */
async function offer(registration, opening) {
  if (opening && (await takeOver(registration))) return;
  if (document.querySelector("[data-new-version]")) return;
  const words = el("span", {}, say("version.new"), " ");
  const button = el("button", { class: "btn", type: "button" }, say("version.take"));
  const note = el("p", { class: "note", "data-k": "wait", "data-new-version": "", role: "status" }, icon("sync"), words);
  words.append(button);
  button.addEventListener("click", async () => {
    if (isEdited || !(await takeOver(registration))) words.replaceChildren(say("version.later"));
  });
  document.querySelector("main")?.prepend(note);
}

/**
 * Let the new version take over, unless something is being edited in any tab. Pages reload when it has.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<boolean>}
 */
async function takeOver(registration) {
  try {
    // The page left a moment ago may still be on its way out, with its lock.
    return await navigator.locks.request(EDITING, { signal: AbortSignal.timeout(LEAVING_MS) }, () => {
      if (isEdited || !registration.waiting) return false;
      registration.waiting.postMessage("take-over");
      return true;
    });
  } catch {
    return false; // something is being edited
  }
}

/** From the first change of a field until the page is left, this page is being edited. */
function noticeEditing() {
  const begun = () => {
    if (isEdited) return;
    isEdited = true;
    // Held until this page is gone, however it goes: the browser gives it back.
    void navigator.locks.request(EDITING, { mode: "shared" }, () => never);
  };
  const changed = (/** @type {Event} */ event) => {
    const field = /** @type {Element} */ (event.target);
    if (field.closest("form") && !field.closest(".seg[data-item], [role=search]")) begun();
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  if (document.querySelector("form[data-capture]")) begun();
}
