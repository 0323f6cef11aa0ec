/**
 * What stands for a value in a filled template while the Markdown around it is read, for letters and mails alike: the place of the value between
 * two characters for private use, which mean nothing in any text. Markdown takes it for a letter, so nothing in a value is ever structure.
 */
export function markOf(place: number): string {
  return `\uE000${place}\uE001`;
}

/** Finds marks; the first group is the place of the value. */
export const markPattern = /\uE000(\d+)\uE001/g;

/** A text without the characters that marks are made of: a template's own words are never taken for a value. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/[\uE000\uE001]/g, '\uFFFD');
}
