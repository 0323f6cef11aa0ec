import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { Brand } from '../../contracts/documents/template.schema.ts';
import type { Block } from '../../domain/documents/model/document-model.ts';
import { letterLayout } from './letter-layout.ts';
import { RenderFault } from './render-protocol.ts';

/** What the layout prints around and inside a document. */
export type PdfInput = { title: string; language: string; brand: Brand; blocks: Block[] };

/** Evict what was not used in the last two rounds, every ten documents; without it 1.5 MB stay per document. */
const EVICT_EVERY = 10;
const EVICT_AGE = 2;
const MAIN = '/letter.typ';

/**
 * Makes PDF/UA-1 files: tagged, with language and title, and every character in an embedded font or an error that names it.
 * Only `pdf()` is used, since `compile()` leaks about 0.9 MB a document; even so the process must be recycled.
 */
export function createPdfRenderer(): (input: PdfInput) => Uint8Array {
  const compiler = NodeCompiler.create({ workspace: '/' });
  compiler.mapShadow(MAIN, Buffer.from(letterLayout));
  let documents = 0;
  return (input) => {
    documents += 1;
    if (documents % EVICT_EVERY === 0) compiler.evictCache(EVICT_AGE);
    try {
      const inputs = { data: JSON.stringify(layoutData(input)) };
      return compiler.pdf({ mainFilePath: MAIN, inputs }, { pdfStandard: 'ua-1', creationTimestamp: 0 });
    } catch (error) {
      throw faultOf(error);
    }
  };
}

function layoutData({ title, language, brand, blocks }: PdfInput): unknown {
  return {
    title,
    language,
    blocks,
    words: pageWords[language.slice(0, 2)] ?? { page: 'Page', of: 'of' },
    brand: {
      name: brand.name,
      logo: brand.logoText ?? brand.name,
      colour: brand.colour,
      accent: brand.accent,
      fonts: brand.fonts,
      addressLines: brand.addressLines,
      footer: brand.footer,
    },
  };
}

const pageWords: Record<string, { page: string; of: string }> = {
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
