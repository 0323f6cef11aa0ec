import { AssertionError, Liquid, LiquidError, Tag, Value } from 'liquidjs';
import type { Context, TagToken, Template, TopLevelToken } from 'liquidjs';
import { blankOperators, defaultForBlank } from '../../templates/blank-texts.ts';
import { calculated, calculating } from '../../templates/calculations.ts';
import { withStrictOutputs } from '../../templates/strict-outputs.ts';
import { withoutMarks } from '../../templates/marks.ts';
import { ValueMarks } from '../model/value-marks.ts';
import { localeFilters } from './locale-filters.ts';

/** What a template can read. Values of rows and slots are text, never templates. */
export type TemplateScope = {
  row: Record<string, string>;
  slots: Record<string, string | string[]>;
  locked: Record<string, string>;
  brand: TemplateBrand;
  batch: { name: string; language: string; date: string; key: string };
};

/** The part of a brand that a template can read; what the brand leaves out is an empty text. */
export type TemplateBrand = {
  name: string;
  footer: string;
  website: string;
  email: string;
  phone: string;
  addressLines: string[];
};

/** The Markdown of one document with the values that are marked in it, or the reason why the template leaves this row out. */
export type FilledTemplate =
  { kind: 'filled'; markdown: string; values: ValueMarks } | { kind: 'skipped'; reason: string };

/** A template that cannot be read or filled. `line` and `column` count from 1 and point into the body. */
export class TemplateFault extends Error {
  readonly code: TemplateFaultCode;
  readonly line: number | null;
  readonly column: number | null;
  constructor(code: TemplateFaultCode, message: string, at: readonly number[] | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'TemplateFault';
    this.code = code;
    this.line = at?.[0] ?? null;
    this.column = at?.[1] ?? null;
  }
}

/** `limit`: it took too long or too much memory. `value`: a filter could not use a value. */
export type TemplateFaultCode =
  'template.syntax' | 'template.unknownVariable' | 'template.limit' | 'template.value' | 'template.tooLong';

/** The tags a template may use: no includes (a bundle is one file), no capture (its text would be escaped twice). */
export const templateTags = [
  'assign',
  'for',
  'break',
  'continue',
  'if',
  'unless',
  'case',
  'comment',
  'raw',
  'echo',
  '#',
];

/** Filters that need no clock, no chance and no HTML. */
export const templateFilters = `
  abs at_least at_most ceil divided_by floor minus plus modulo times round
  append prepend downcase upcase capitalize replace replace_first remove remove_first truncate truncatewords strip lstrip rstrip
  strip_newlines squish split slice url_encode slugify size first last join reverse sort sort_natural uniq compact concat where map sum default
`
  .trim()
  .split(/\s+/);

/** Those that calculate with their value and their first argument. */
const calculatingFilters = [
  'abs',
  'at_least',
  'at_most',
  'ceil',
  'divided_by',
  'floor',
  'minus',
  'plus',
  'modulo',
  'times',
  'round',
];

/**
 * Liquid's own bounds for one body: characters, milliseconds and allocations; a process that can be killed stands behind
 * them. The time is wall-clock time: a good template takes one or two milliseconds, and must not fail on a busy machine.
 */
const bounds = { parseLimit: 100_000, renderLimit: 1_000, memoryLimit: 1_000_000 };
/** A document of about 100 pages; a template that makes more is a mistake. */
const MARKDOWN_CHARACTERS = 300_000;

/** Reads and fills templates for one language. Templates are not trusted: strict names, own properties, limits. */
export class TemplateEngine {
  readonly liquid: Liquid;
  #values = new ValueMarks();

  constructor(language: string) {
    this.liquid = new Liquid({
      ...bounds,
      templates: {},
      ownPropertyOnly: true,
      strictFilters: true,
      operators: blankOperators,
      // A number that the template counts or calculates may number a list; all else is a value, whatever is in it.
      outputEscape: (value) => (typeof value === 'number' ? calculated(value) : this.#values.mark(textOf(value))),
    });
    keepOnly(this.liquid.tags, templateTags);
    keepOnly(this.liquid.filters, templateFilters);
    for (const name of calculatingFilters) {
      const filter = this.liquid.filters[name];
      if (typeof filter === 'function') this.liquid.registerFilter(name, calculating(filter));
    }
    defaultForBlank(this.liquid);
    this.liquid.registerTag('skip', SkipTag);
    for (const [name, filter] of Object.entries(localeFilters(language))) this.liquid.registerFilter(name, filter);
  }

  /** @throws TemplateFault `template.syntax` with the place */
  parse(body: string): Template[] {
    return guarded('template.syntax', () => withStrictOutputs(this.liquid.parse(withoutMarks(body))));
  }

  /** @throws TemplateFault when a variable is unknown, a value unusable or a limit reached */
  fill(template: Template[], scope: TemplateScope): FilledTemplate {
    const values = new ValueMarks();
    this.#values = values;
    try {
      const markdown = guarded('template.value', () => String(this.liquid.renderSync(template, scope)));
      if (markdown.length + values.characters > MARKDOWN_CHARACTERS) {
        throw new TemplateFault(
          'template.tooLong',
          `The document is longer than ${MARKDOWN_CHARACTERS} characters`,
          undefined,
        );
      }
      return { kind: 'filled', markdown, values };
    } catch (error) {
      const skipped = error instanceof TemplateFault ? skippedBy(error.cause) : null;
      if (skipped) return { kind: 'skipped', reason: skipped.reason };
      throw error;
    }
  }
}

/** `{% skip "reason" %}`: this row gets no document, and the manifest says why. */
class SkipTag extends Tag {
  readonly #reason: Value;
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.#reason = new Value(this.token.args === '' ? '"left out by the template"' : token.args, liquid);
  }
  *render(context: Context): Generator<unknown, void, unknown> {
    throw new Skipped(textOf(yield this.#reason.value(context)));
  }
  *arguments(): Generator<Value, void, unknown> {
    yield this.#reason;
  }
}

class Skipped extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super('skipped');
    this.reason = reason.slice(0, 200);
  }
}

function skippedBy(error: unknown): Skipped | null {
  if (error instanceof Skipped) return error;
  return LiquidError.is(error) ? skippedBy(error.originalError) : null;
}

function guarded<T>(otherwise: TemplateFaultCode, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Liquid's limits throw an AssertionError, which it wraps only while it renders.
    if (error instanceof AssertionError)
      throw new TemplateFault(codeOf(error, otherwise), error.message, undefined, error);
    if (!LiquidError.is(error)) throw error;
    const message = error.message.replace(/, line:\d+, col:\d+.*$/s, '');
    throw new TemplateFault(codeOf(error, otherwise), message, error.token?.getPosition(), error);
  }
}

function codeOf(error: Error, otherwise: TemplateFaultCode): TemplateFaultCode {
  if (error.name === 'UndefinedVariableError') return 'template.unknownVariable';
  return /limit exceeded/.test(error.message) ? 'template.limit' : otherwise;
}

function keepOnly(registry: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(registry)) {
    if (!names.includes(name)) delete registry[name];
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'number'
    ? calculated(value)
    : typeof value === 'string' || typeof value === 'boolean'
      ? String(value)
      : '';
}
