import { CaptureTag, Drop, Liquid } from 'liquidjs';
import type { Context } from 'liquidjs';
import type { JsonObject } from '../../contracts/core/json.ts';
import { blankOperators, defaultForBlank } from '../templates/blank-texts.ts';
import { calculated } from '../templates/calculations.ts';
import { markOf, markPattern, withoutMarks } from '../templates/marks.ts';
import { withStrictOutputs } from '../templates/strict-outputs.ts';
import { dateOptions, keepPlainDates } from './mail-dates.ts';

/** A value that stands in a filled text. `isEncoded`: a filter has made it fit for an address. */
export type MarkedValue = { text: string; isEncoded: boolean };

/** A filled template: where a value stands its text has a mark, so that nothing in a value is ever read as Markdown. */
export type MarkedText = { text: string; values: readonly MarkedValue[] };

/** Options that every mail's templates are read with: no includes, and limits. A message is about a page. */
export const messageLiquid = {
  strictFilters: true,
  operators: blankOperators,
  ownPropertyOnly: true,
  templates: {},
  parseLimit: 100_000,
  // Milliseconds of wall-clock time: a good template takes one or two, and must not fail on a busy machine.
  renderLimit: 1_000,
  memoryLimit: 1_000_000,
};

/** Characters of a filled body: more than a page by far. */
const mostCharacters = 100_000;

/**
 * Fills a template for Markdown, each value as a mark. Numbers are written as they are: they may number a list. Instants are written in `zone`.
 * @throws an error of Liquid, or one that says that the result is too long
 */
export function fillMarked(template: string, variables: JsonObject, zone: string): MarkedText {
  const values: MarkedValue[] = [];
  let length = 0;
  const mark = (value: unknown): string => {
    if (value instanceof Captured) return value.markdown;
    const text = textOf(value);
    length += text.length;
    if (length > mostCharacters) throw new Error(tooLong);
    if (typeof value === 'number') return text;
    return markOf(values.push({ text, isEncoded: value instanceof EncodedText }) - 1);
  };
  const liquid = new Liquid({ ...messageLiquid, ...dateOptions(zone), outputEscape: mark });
  keepPlainDates(liquid, zone);
  defaultForBlank(liquid);
  for (const name of ['url_encode', 'uri_escape', 'cgi_escape']) {
    const encode = liquid.filters[name] as (value: unknown) => string;
    liquid.registerFilter(name, (value: unknown) => new EncodedText(encode(value)));
  }
  for (const name of textFilters) liquid.registerFilter(name, (value: unknown) => value);
  liquid.registerTag(
    'capture',
    captureTag((markdown) => unmarked({ text: markdown, values })),
  );
  const text = String(liquid.renderSync(withStrictOutputs(liquid.parse(withoutMarks(template))), variables));
  if (length + text.length > mostCharacters) throw new Error(tooLong);
  return { text, values };
}

/** Fills a template for a line of plain text. Instants are written in `zone`. @throws an error of Liquid */
export function fillLine(template: string, variables: JsonObject, zone: string): string {
  const liquid = new Liquid({ ...messageLiquid, ...dateOptions(zone), outputEscape: textOf });
  keepPlainDates(liquid, zone);
  defaultForBlank(liquid);
  for (const name of textFilters) liquid.registerFilter(name, (value: unknown) => value);
  const text = String(liquid.renderSync(withStrictOutputs(liquid.parse(template)), variables));
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The text with its values in it, as they are. */
export function unmarked({ text, values }: MarkedText): string {
  return text.replaceAll(markPattern, (_, place: string) => values[Number(place)]?.text ?? '');
}

const tooLong = `The message is longer than ${mostCharacters} characters`;

/** Filters that make HTML of a text: a value is text wherever it stands, and keeps its lines, so that there is nothing to do. */
const textFilters = ['escape', 'escape_once', 'xml_escape', 'newline_to_br'];

/** What a filter has encoded for an address. */
class EncodedText extends Drop {
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
  override valueOf(): string {
    return this.text;
  }
}

/** What was captured: printed, it is the Markdown that it was written as; compared and filtered, it is the text that it reads as. */
class Captured extends Drop {
  readonly markdown: string;
  readonly text: string;
  constructor(markdown: string, text: string) {
    super();
    this.markdown = markdown;
    this.text = text;
  }
  override valueOf(): string {
    return this.text;
  }
}

function captureTag(read: (markdown: string) => string): typeof CaptureTag {
  return class extends CaptureTag {
    override *render(context: Context): Generator<unknown, void, string> {
      const markdown = yield this.liquid.renderer.renderTemplates(this.templates, context);
      (context.bottom() as Record<string, unknown>)[this.variable] = new Captured(markdown, read(markdown));
    }
  };
}

/** How a variable reads in a text: a number to the digits that arithmetic keeps, a list or an object reads as its JSON. */
function textOf(value: unknown): string {
  const plain: unknown = value instanceof Drop ? value.valueOf() : value;
  if (plain === null || plain === undefined) return '';
  if (typeof plain === 'number') return calculated(plain);
  const text = typeof plain === 'object' ? JSON.stringify(plain) : String(plain as string | boolean);
  return text.replaceAll(/\r\n?/g, '\n');
}
