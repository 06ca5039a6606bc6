// @ts-check
/**
 * Tells every tab, and the photo worker's page, that something in the outbox changed. Carries no data: whoever
 * listens reads the store again, so a lost or doubled message does no harm.
 */

/** The page that kept something first shows that it is kept: on a slow phone all that listen take longer than that. */
const AFTER_MS = 50;

/** Dispatches `change`. */
export const changes = new EventTarget();

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("clausewalk-outbox") : undefined;
channel?.addEventListener("message", () => changes.dispatchEvent(new Event("change")));

/** Say that something changed: at once, so that whoever listens still sees what is about to be sent and go. */
export function announce() {
  changes.dispatchEvent(new Event("change"));
  channel?.postMessage("change");
}

/** Say in a moment that something is kept. */
export function announceSoon() {
  setTimeout(announce, AFTER_MS);
}
