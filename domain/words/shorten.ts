/** The beginning of a text, at most `most` characters, without half of a letter that UTF-16 writes as two: no service takes one. */
export function shorten(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
