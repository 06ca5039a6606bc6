// @ts-check
/** In which of the two languages something was written. */

const HAN = /\p{Script=Han}/u;

/**
 * `zh` as soon as there is one Han character: Chinese notes are full of Latin numbers and names, never the reverse.
 * @param {string} text
 * @returns {"zh" | "en"}
 */
export function languageOf(text) {
  return HAN.test(text) ? "zh" : "en";
}

/**
 * The text as the pair of languages that an entry carries, empty sides left out.
 * @param {string} text
 * @returns {{zh?: string, en?: string}}
 */
export function asPair(text) {
  return text ? { [languageOf(text)]: text } : {};
}
