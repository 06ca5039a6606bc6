// @ts-check
/**
 * A page that is left may live on, asleep, for the way back. WebKit keeps its transactions open meanwhile, and every
 * other page waits for them: nothing could be kept, shown or sent any more. So a page ends what it has begun before it
 * falls asleep, and begins nothing until it wakes. What it ends is undone whole, and done again by whoever sends next.
 */

/** @type {Set<IDBTransaction>} */
const running = new Set();
/** @type {Promise<void>} */
let woken = Promise.resolve();
let wake = () => {};

/** Resolves at once, except in a page that is asleep. */
export function awake() {
  return woken;
}

/** Let no transaction of a database outlast the page's falling asleep. @param {IDBDatabase} db */
export function endWithPage(db) {
  db.transaction = (...what) => {
    const tx = IDBDatabase.prototype.transaction.apply(db, what);
    running.add(tx);
    for (const end of ["complete", "abort"]) tx.addEventListener(end, () => running.delete(tx));
    return tx;
  };
}

addEventListener("pagehide", (event) => {
  if (!(/** @type {PageTransitionEvent} */ (event).persisted)) return;
  woken = new Promise((resolve) => {
    wake = resolve;
  });
  for (const tx of running) abort(tx);
});
addEventListener("pageshow", () => wake());

/** @param {IDBTransaction} tx */
function abort(tx) {
  try {
    tx.abort();
  } catch {
    // all of it is asked for, so it ends by itself
  }
}
