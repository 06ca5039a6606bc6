// @ts-check
/** Making elements. No HTML strings anywhere: what people typed is only ever text. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * An icon by its name in the page's icon file.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${iconFile()}#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A status: icon, words, and the colour that goes with them.
 * @param {"ok" | "ofi" | "nc" | "wait" | "ns" | "na"} kind
 * @param {string} symbol
 * @param {string} words
 */
export function status(kind, symbol, words) {
  return el("span", { class: "st", "data-k": kind }, icon(symbol), words);
}

/** Put the cursor into the first field of an element. @param {HTMLElement} root */
export function focusFirst(root) {
  /** @type {HTMLElement | null} */ (root.querySelector("input, select, textarea"))?.focus();
}

/** JSON that the page carries for scripts. @returns {any} */
export function pageData() {
  return JSON.parse(document.getElementById("page")?.textContent || "{}");
}

function iconFile() {
  return document.documentElement.dataset.icons ?? "";
}
