// @ts-check
/** Whether the browser promises to keep what is here, and how much room there is. */

/**
 * Ask the browser not to make room by dropping what is here. It may ask the person, or just answer.
 * @returns {Promise<boolean | undefined>} its answer; undefined: it doesn't know the question
 */
export async function askToPersist() {
  if (!navigator.storage?.persist) return undefined;
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return undefined;
  }
}

/** @returns {Promise<boolean | undefined>} what the browser answered the last time it was asked */
export async function isPersisted() {
  return navigator.storage?.persisted?.().catch(() => undefined);
}

/** @returns {Promise<number | undefined>} bytes that this site may still use */
export async function spaceLeft() {
  try {
    const { quota, usage = 0 } = await navigator.storage.estimate();
    return quota === undefined ? undefined : Math.max(0, quota - usage);
  } catch {
    return undefined;
  }
}
