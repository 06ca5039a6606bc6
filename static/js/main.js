// @ts-check
/**
 * Loaded by every page of somebody signed in: opens their outbox, keeps it draining, and starts what the page shows
 * by its attributes. Pages need no script of their own. `html[data-ready]` says that all of it listens.
 */

import { openFor } from "./owner.js";
import * as sync from "./sync.js";

/** What to look for in a page, and who takes care of it. @type {[string, () => Promise<unknown>][]} */
const PARTS = [
  ["[data-on-this-phone], [data-sync-status]", () => import("./sync-status.js")],
  ["[data-pending-for], [data-object]", () => import("./pending.js")],
  // What a live part may bring later listens from the start.
  ["#outcomes, #live[data-stop]", () => import("./stop.js")],
  ["form[data-entry], [data-refresh]", () => import("./entry-form.js")],
  ["form[data-grading]", () => import("./grading.js")],
  ["[data-plan]", () => import("./plan.js")],
  ["[data-meeting]", () => import("./meeting.js")],
  ["[data-guest-codes]", () => import("./guest-codes-box.js")],
  ["[data-accompanying]", () => import("./accompanying.js")],
  ["[data-check-in]", () => import("./check-in.js")],
  ["[data-presence], form[data-visit-form]", () => import("./presence.js")],
  ["[data-acknowledge]", () => import("./acknowledge.js")],
  ["[data-sign-report]", () => import("./report-sign.js")],
  ["img.ink", () => import("./ink.js")],
  ["[data-wording]", () => import("./wording.js")],
  ["#plan-sheet", () => import("./plan-taps.js")],
  ["form[action='/sign-out']", () => import("./sign-out.js")],
  ["form[data-capture]", () => import("./capture.js")],
  ["form[data-changes=finding]", () => import("./finding-draft.js")],
  ["[role=search] input[name=find]", () => import("./walk-find.js")],
  ["[data-pack]", () => import("./pack-box.js")],
  ["[data-phone-facts]", () => import("./phone-facts.js")],
  ["[data-drafts-elsewhere]", () => import("./drafts-elsewhere.js")],
  ["[data-refresh], [data-shots], img[src*='/photos/'], img[src*='/pages/']", () => import("./pictures-again.js")],
  ["[data-mark-photo]", () => import("./mark-photo.js")],
  ["[data-refresh], [data-look-photo]", () => import("./look-photo.js")],
  ["[data-share]", () => import("./share.js")],
  ["[data-shared]", () => import("./share-waiting.js")],
  ["[data-outbox]", () => import("./outbox-page.js")],
  ["[data-refresh]", () => import("./refresh.js")],
  // Most pages need no htmx before a colleague records something (refresh.js).
  ["[hx-get], [hx-post]", () => import("./htmx-loader.js").then(({ load }) => load())],
];

const account = document.documentElement.dataset.account;
if (account) void sync.start(account);
const parts = PARTS.filter(([selector]) => document.querySelector(selector)).map(([, load]) => load());
if (account) parts.push(openFor(account)); // nothing is kept without the id of this device
await Promise.allSettled(parts);
// Until now a tap would have been lost, or a form sent by the browser itself: the page takes none before (app.css).
document.documentElement.dataset.ready = "";
await Promise.all(parts); // a part that failed says so
