// @ts-check

const LONGEST_MS = 2_000;

/**
 * A job that may be asked for at every change of the outbox: done at once, and once more for all that asked meanwhile.
 * After each time it rests three times as long as it took, so that showing a long list never holds up sending it.
 * @param {() => Promise<void>} job
 * @returns {() => Promise<void>}
 */
export function calmly(job) {
  let busy = false;
  let asked = false;
  return async () => {
    asked = true;
    if (busy) return;
    busy = true;
    try {
      while (asked) {
        asked = false;
        const began = performance.now();
        await job();
        const rest = Math.min(LONGEST_MS, 3 * (performance.now() - began));
        await new Promise((resolve) => {
          setTimeout(resolve, rest);
        });
      }
    } finally {
      busy = false;
    }
  };
}
