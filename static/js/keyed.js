// @ts-check
/**
 * Lists whose rows stay as long as they say the same: a thousand made anew at every change hold up the page, and one made
 * anew under a finger takes no tap.
 */

/** What each row was made from. @type {WeakMap<Element, string>} */
const made = new WeakMap();

/**
 * Show items in their order, touching only rows that are new, gone or changed. What else the list holds stays before them.
 * @template T
 * @param {Element} list
 * @param {T[]} items
 * @param {(item: T) => HTMLElement} row
 */
export function showRows(list, items, row) {
  const own = [...list.children].filter((one) => made.has(one));
  /** @type {Map<string | undefined, Element>} */
  const known = new Map(own.map((one) => [made.get(one), one]));
  const wanted = items.map((item) => {
    const facts = JSON.stringify(item);
    const one = known.get(facts) ?? row(item);
    made.set(one, facts);
    return one;
  });
  const stays = new Set(wanted);
  for (const one of own) if (!stays.has(one)) one.remove();
  let here = own.find((one) => stays.has(one)) ?? null;
  for (const one of wanted) {
    if (one === here) here = here.nextElementSibling;
    else list.insertBefore(one, here);
  }
}
