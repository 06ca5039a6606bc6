// @ts-check
/**
 * Without a network the walk's search gets the whole list: then this phone finds the stops, by the words it shows.
 * (The server also finds them by clause.)
 */

const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[role=search] input[name=find]"));
const wanted = new URLSearchParams(location.search).get("find")?.trim() ?? "";
if (field && wanted && field.value.trim() !== wanted) {
  field.value = wanted;
  const all = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=who][value=all]"));
  if (all) all.checked = true;
  const words = wanted.toLowerCase().split(/\s+/);
  for (const stop of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("ol.route > li"))) {
    const text = (stop.textContent ?? "").toLowerCase();
    stop.hidden = !words.every((word) => text.includes(word));
  }
}
export {};
