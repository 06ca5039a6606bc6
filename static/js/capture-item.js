// @ts-check
/**
 * The capture page of one item, made from the stop's plain one: without a network the phone has a single page for
 * every item of a stop, with what each of them begins a note with.
 */

/**
 * @param {string} key the item asked about
 * @param {any} page what the page says for scripts
 * @param {HTMLElement} root
 * @returns {any} the same for this item
 */
export function askedAbout(key, page, root) {
  const asked = page.items?.[key];
  if (!asked) return page;
  const line = /** @type {HTMLElement} */ (root.querySelector("[data-asked]"));
  const words = /** @type {HTMLElement} */ (line.lastElementChild);
  words.textContent = asked.prompt ?? "";
  line.hidden = !asked.prompt;
  const subject = /** @type {HTMLSelectElement | null} */ (root.querySelector("[name=subject]"));
  if (subject && asked.subject) subject.value = asked.subject;
  const { item, clauses } = asked;
  return { ...page, item: key, start: { ...page.start, ...(item ? { item } : {}), clauses: clauses ?? [] } };
}
