import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { Brand } from '../../contracts/documents/template.schema.ts';
import type { Block } from '../../domain/documents/model/document-model.ts';
import { isRightToLeft } from '../../domain/documents/model/text-direction.ts';
import { breakable } from './breakable.ts';
import { familiesOf, fontFolders } from './letter-fonts.ts';
import { letterLayout } from './letter-layout.ts';
import { RenderFault } from './render-protocol.ts';

/** What the layout prints around and inside a document. */
export type PdfInput = { title: string; language: string; brand: Brand; date: string; blocks: Block[] };

/** Evict what was not used in the last two rounds, every ten documents; without it 1.5 MB stay per document. */
const EVICT_EVERY = 10;
const EVICT_AGE = 2;
const MAIN = '/letter.typ';
const GLYPHS = '/glyphs.typ';

/** Sets each text in the fonts of a letter, upright and bold. */
const glyphLayout = String.raw`
#let data = json(bytes(sys.inputs.data))
#set document(title: "Glyphs")
#set text(lang: "en", font: data.fonts, fallback: false)
#for text in data.texts { par[#text *#text*] }
`;
/** What every font of a brand has: the letters of Europe's Latin languages and the marks between them. */
const COMMON = /^[\t\n\u0020-\u007E\u00A0-\u017F‘’“”„‚–—…€•\u200B]*$/u;
/** Kinds of characters that are remembered: some letters in every script. */
const MOST_KNOWN = 20_000;

/**
 * Makes PDF/UA-1 files: tagged, with language and title, and every character in an embedded font or an error that names it.
 * Only `pdf()` is used, since `compile()` leaks about 0.9 MB a document; even so the process must be recycled.
 */
export function createPdfRenderer(): PdfRenderer {
  const compiler = NodeCompiler.create({ workspace: '/', fontArgs: [{ fontPaths: fontFolders() }] });
  compiler.mapShadow(MAIN, Buffer.from(letterLayout));
  compiler.mapShadow(GLYPHS, Buffer.from(glyphLayout));
  let documents = 0;
  const compile = (mainFilePath: string, data: unknown, date = 0): Uint8Array => {
    documents += 1;
    if (documents % EVICT_EVERY === 0) compiler.evictCache(EVICT_AGE);
    const inputs = { data: JSON.stringify(data) };
    return compiler.pdf({ mainFilePath, inputs }, { pdfStandard: 'ua-1', creationTimestamp: date });
  };
  const known = new Map<string, boolean>();
  return {
    pdf(input) {
      try {
        return compile(MAIN, layoutData(input), fileDate(input));
      } catch (error) {
        throw faultOf(error);
      }
    },
    missing(text, { brand, language }) {
      if (known.size > MOST_KNOWN) known.clear();
      const fonts = familiesOf(brand.fonts, language);
      const inFonts = (kind: string): string => `${fonts.join()} ${kind}`;
      const kinds = unusualIn(text);
      const texts = kinds.filter((kind) => !known.has(inFonts(kind)));
      if (texts.length > 0) {
        const wrong = unset(() => compile(GLYPHS, { texts, fonts }));
        for (const kind of texts) known.set(inFonts(kind), !wrong.some((part) => kind.includes(part)));
      }
      return kinds.filter((kind) => known.get(inFonts(kind)) === false);
    },
  };
}

/** Makes files, and tells what it could not set. */
type PdfRenderer = {
  /** @throws RenderFault */
  pdf(input: PdfInput): Uint8Array;
  /** The characters of a text that no font of a letter in this brand and language has, each once. */
  missing(text: string, letter: { brand: Pick<Brand, 'fonts'>; language: string }): string[];
};

/** When a file says that it was made, in seconds: the letter's own day, so that it is the same file whenever and wherever it is made. */
function fileDate({ date }: PdfInput): number {
  return Math.max(0, Date.parse(`${date}T00:00:00Z`) / 1_000);
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The characters of a text, each once, that are not in each font of a brand anyway. */
export function unusualIn(text: string): string[] {
  if (COMMON.test(text)) return [];
  const all = new Set([...segmenter.segment(text)].map(({ segment }) => segment));
  return [...all].filter((kind) => !COMMON.test(kind));
}

/** What the compiler says that it cannot display; nothing where it makes the file. */
function unset(compile: () => unknown): string[] {
  try {
    compile();
    return [];
  } catch (error) {
    const print = error instanceof Error ? error.message : String(error);
    const found = [...print.matchAll(/the text `\\?"(.+?)\\?"` could not be displayed/gu)];
    if (found.length === 0) throw faultOf(error);
    return found.map(([, shown = '']) =>
      shown.replaceAll(/\\+u\{([\da-f]+)\}/giu, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16))),
    );
  }
}

/** What the layout reads: plain JSON. */
export function layoutData({ title, language, brand, blocks }: Omit<PdfInput, 'date'>): unknown {
  return {
    title,
    language: language.split('-')[0],
    direction: isRightToLeft(language) ? 'rtl' : 'ltr',
    blocks: breakable(blocks),
    fonts: familiesOf(brand.fonts, language),
    words: pageWords[language.slice(0, 2)] ?? { page: '', of: '/' },
    brand: {
      name: brand.name,
      logo: brand.logoText ?? brand.name,
      colour: brand.colour,
      accent: brand.accent,
      addressLines: brand.addressLines,
      footer: brand.footer,
    },
  };
}

/** Other languages have “1 / 2”. */
const pageWords: Record<string, { page: string; of: string }> = {
  en: { page: 'Page', of: 'of' },
  de: { page: 'Seite', of: 'von' },
  es: { page: 'Página', of: 'de' },
  fr: { page: 'Page', of: 'sur' },
  it: { page: 'Pagina', of: 'di' },
  nl: { page: 'Pagina', of: 'van' },
  pt: { page: 'Página', of: 'de' },
};

/** Typst throws its diagnostics as a debug print; the messages are all that a person needs. */
function faultOf(error: unknown): RenderFault {
  const print = error instanceof Error ? error.message : String(error);
  const messages = [...print.matchAll(/message: "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replaceAll(/\\+"/g, '"').replace('PDF/UA-1 error: ', ''),
  );
  const glyphs = messages.filter((message) => message.includes('could not be displayed'));
  const code = glyphs.length > 0 ? 'render.missingGlyph' : 'render.layout';
  const all = glyphs.length > 0 ? glyphs : messages;
  return new RenderFault(code, [...new Set(all)].slice(0, 3).join('; ') || print.slice(0, 300));
}
