// @ts-check
/**
 * Tells every tab, and the photo worker's page, that something in the outbox changed. Carries no data: whoever
 * listens reads the store again, so a lost or doubled message does no harm.
 */

/** Dispatches `change`. */
export const changes = new EventTarget();

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("clausewalk-outbox") : undefined;
channel?.addEventListener("message", () => changes.dispatchEvent(new Event("change")));

/** Say that something changed. */
export function announce() {
  changes.dispatchEvent(new Event("change"));
  channel?.postMessage("change");
}
