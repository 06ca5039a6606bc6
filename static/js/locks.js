// @ts-check
/**
 * One at a time over all tabs of this origin. For pages: what a worker holds when its page is left, WebKit never gives
 * back.
 */

/**
 * Only where the page is no secure context: then at least one at a time in this page.
 * @type {Map<string, Promise<unknown>>}
 */
const inPage = new Map();

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} job
 * @returns {Promise<T>}
 */
export function exclusively(name, job) {
  if (globalThis.navigator?.locks) return locked(name, job);
  const turn = (inPage.get(name) ?? Promise.resolve()).then(job);
  inPage.set(
    name,
    turn.catch(() => undefined),
  );
  return turn;
}

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} job
 * @returns {Promise<T>}
 */
async function locked(name, job) {
  /** @type {Promise<T> | undefined} */
  let work;
  await navigator.locks.request(name, () => {
    work = job();
    return endedOrLeft(work);
  });
  return /** @type {Promise<T>} */ (work);
}

/** A page that is left may live on, asleep: the next one must not wait for it. @param {Promise<unknown>} work */
function endedOrLeft(work) {
  return new Promise((resolve) => {
    addEventListener("pagehide", resolve);
    const ended = () => {
      removeEventListener("pagehide", resolve);
      resolve(undefined);
    };
    work.then(ended, ended);
  });
}
