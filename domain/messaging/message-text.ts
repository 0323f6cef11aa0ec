import { compile, type FormatCallback } from 'html-to-text';

/** A picture in a text is its words. */
const words: FormatCallback = (image, _, builder) => {
  const { alt } = image.attribs as Record<string, string | undefined>;
  if (alt) builder.addInline(alt);
};

/** Made once: its selectors take ten times as long to read as a mail does. */
const convert = compile({
  wordwrap: 78,
  formatters: { words },
  selectors: [
    { selector: 'img', format: 'words' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, maxColumnWidth: 40 } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** The plain text of an HTML mail: links keep their address, pictures their words, lines end at 78 characters. */
export function textOf(html: string): string {
  return convert(html);
}
