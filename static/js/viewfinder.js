// @ts-check
/**
 * Where photos come from on the capture page: the camera in the page first, the phone's camera and the gallery second.
 * Each shot is handed over at once; whoever takes it keeps it before the next one.
 *
 * @typedef {import("./note.js").Picture} Picture
 *
 * @typedef {object} Taker
 * @property {(pictures: Picture[]) => Promise<boolean>} take keeps them; false if they could not be kept
 * @property {(open: boolean) => Promise<unknown>} outside the page may be killed now, or is back
 * @property {(now: boolean) => {subject: string, place: string} & Partial<import("./store.js").PhotoFacts>} facts what is
 *   known of a photo; `now`: taken this moment, not some time before it was chosen
 */

import { Camera, isCameraGranted, remember } from "./camera.js";
import { isoWithOffset } from "./clock.js";
import { takenAt } from "./exif.js";
import { say } from "./texts.js";

export class Viewfinder {
  /** @param {ParentNode} page @param {Taker} taker */
  constructor(page, taker) {
    const find = (/** @type {string} */ selector) => /** @type {any} */ (page.querySelector(selector));
    this.taker = taker;
    this.view = /** @type {HTMLElement} */ (find("[data-camera]"));
    this.shutter = /** @type {HTMLButtonElement} */ (find("[data-shutter]"));
    this.lamp = /** @type {HTMLButtonElement} */ (find("[data-torch]"));
    this.message = /** @type {HTMLElement} */ (find("[data-camera-message]"));
    this.app = /** @type {HTMLInputElement} */ (find("input[data-camera-app]"));
    this.gallery = /** @type {HTMLInputElement} */ (find("input[data-gallery]"));
    this.camera = new Camera(find("[data-camera] video"));
    this.starting = false;
    /** The shots that were pressed, one after another. @type {Promise<void>} */
    this.shots = Promise.resolve();
    this.resume = false;
    this.#listen();
  }

  /** Show the camera's picture at once, if the browser gives it without asking. */
  async open() {
    if (this.shutter.disabled) return; // no pictures are permitted here: the page says so
    const comes = (await isCameraGranted()) && !(await this.#start());
    this.view.hidden = !comes;
    remember(comes);
  }

  /** Let go of the camera: something else needs it. */
  rest() {
    this.resume = false;
    this.#rest();
  }

  #listen() {
    this.shutter.addEventListener("click", () => void this.#press());
    this.lamp.addEventListener("click", () => {
      const lit = this.lamp.getAttribute("aria-pressed") !== "true";
      this.lamp.setAttribute("aria-pressed", String(lit));
      void this.camera.torch(lit);
    });
    for (const input of [this.app, this.gallery]) {
      input.addEventListener("click", () => void this.taker.outside(true));
      input.addEventListener("cancel", () => void this.taker.outside(false));
      input.addEventListener("change", () => void this.#chosen(input));
    }
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#rest();
      else if (this.resume) void this.#start();
    });
    addEventListener("pagehide", () => this.#rest());
  }

  /** Every press is a photo: one that comes while another is being taken and kept waits its turn. */
  async #press() {
    if (this.camera.live) {
      this.shots = this.shots.catch(() => undefined).then(() => this.#shoot());
      return;
    }
    if (this.starting) return;
    this.starting = true;
    try {
      if (await this.#start()) this.app.click(); // no camera in the page: the phone's own, while the tap still counts
    } finally {
      this.starting = false;
    }
  }

  async #shoot() {
    const taken_at = isoWithOffset();
    let shot;
    try {
      shot = await this.camera.shoot();
    } catch {
      this.#say(say("camera.failed"));
      return;
    }
    this.#say("");
    await this.taker.take([{ ...shot, facts: { taken_at, ...this.taker.facts(true) } }]);
  }

  /** @returns {Promise<boolean>} true: there is no camera to be had */
  async #start() {
    this.resume = true; // left out of sight before it is there, it begins anew when the page is seen again
    const problem = await this.camera.start();
    if (problem === "let-go") return false;
    this.view.hidden = Boolean(problem);
    this.lamp.hidden = !this.camera.hasTorch;
    this.shutter.toggleAttribute("data-live", !problem);
    this.shutter.setAttribute("aria-label", problem ? say("camera.start") : say("camera.shoot"));
    this.#say(problem ? say(`camera.${problem}`) : "");
    this.resume = !problem;
    return Boolean(problem);
  }

  #rest() {
    this.camera.stop();
    this.shutter.removeAttribute("data-live");
  }

  /** @param {HTMLInputElement} input */
  async #chosen(input) {
    const files = [...(input.files ?? [])];
    const pictures = await Promise.all(files.map((file) => this.#fromFile(file)));
    input.value = ""; // the same photo can be chosen again: a browser tells nobody where the choice is as it was
    await this.taker.take(pictures.filter((picture) => picture.bytes.byteLength > 0));
    await this.taker.outside(false);
  }

  /** @param {File} file @returns {Promise<Picture>} */
  async #fromFile(file) {
    const bytes = await file.arrayBuffer();
    const taken_at = isoWithOffset(takenAt(bytes) ?? new Date(file.lastModified));
    return {
      bytes,
      media: file.type || "application/octet-stream",
      name: file.name,
      facts: { taken_at, ...this.taker.facts(false) },
    };
  }

  /** @param {string} words */
  #say(words) {
    this.message.hidden = !words;
    /** @type {HTMLElement} */ (this.message.querySelector("span")).textContent = words;
  }
}
