/**
 * Makes any text plain text inside Markdown: nothing in a row or in what a model wrote can become a heading, a link, a list
 * or HTML. A blank line stays a new paragraph, a single line end stays a line break.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
    .map((paragraph) =>
      paragraph
        .split('\n')
        .map((line) => escapeLine(line))
        .join('\\\n'),
    )
    .join('\n\n');
}

/** Spaces at a line's ends would indent code or break lines. */
function escapeLine(line: string): string {
  return line.trim().replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}
