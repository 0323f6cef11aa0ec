// oxlint-disable-next-line no-control-regex -- control characters are what is looked for; line feed and tab are text
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text as a terminal may show it: what a terminal would obey (escape sequences, returns, marks that turn the order of letters) stands in
 * it as `\u001b`, so that the name of a contact or an answer of a model cannot change what a person sees. JSON stays the same JSON.
 */
export function printable(text: string): string {
  return text.replaceAll(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The code points of a character as Unicode writes them, as `U+1F389`. */
export function codesOf(kind: string): string {
  return Array.from(kind)
    .map((each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ');
}
