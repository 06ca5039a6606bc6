// @ts-check
/** Blanks of a phrase, to be filled in one after the other. */

export const BLANK = "__";

/**
 * Select the first blank at or after a place, else the first there is; false if there is none.
 * @param {HTMLTextAreaElement} field
 * @param {number} from
 */
export function toBlank(field, from) {
  const next = field.value.indexOf(BLANK, from);
  const at = next < 0 ? field.value.indexOf(BLANK) : next;
  if (at < 0) return false;
  field.focus();
  field.setSelectionRange(at, at + BLANK.length);
  return true;
}
