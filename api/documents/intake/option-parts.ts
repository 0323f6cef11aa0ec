import { BatchOptions, TemplateRef } from '../../../contracts/documents/batch.schema.ts';
import { type AppError, invalid } from '../../http/errors/app-error.ts';
import { findUnusable, problemIssues } from '../../http/request/validation.pipe.ts';

/** What an upload is made of, in words. */
export const partNames =
  'a file "rows", a part "options" and, where they are not in the options, "brief", "template" and "brand"';

const textParts = ['options', 'brief', 'template', 'brand'] as const;
type TextPart = (typeof textParts)[number];

/** Options are nested a few levels; JSON far deeper is refused before a schema sees it. */
const maxDepth = 12;

/** Whether a part of this name holds options or one of them. */
export function isTextPart(name: string): name is TextPart {
  return textParts.some((part) => part === name);
}

/** Gathers the parts of an upload that are text and puts them together: each option once, in the options or as a part of its own. */
export class OptionParts {
  readonly #texts = new Map<TextPart, string>();

  /** @throws AppError 422 for the second of a name */
  add(name: TextPart, text: string): void {
    if (this.#texts.has(name)) throw refuse(name, 'field.repeated', `Send one part "${name}"`);
    this.#texts.set(name, text);
  }

  /** The options, and the names of those that came as parts. @throws AppError 422 with the place of what is wrong */
  read(): { options: BatchOptions; parts: ReadonlySet<string> } {
    const given = this.#texts.get('options');
    if (given === undefined)
      throw refuse('options', 'field.missing', 'Send the options as a JSON part named "options"');
    const value = readJson('options', given);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw refuse('options', 'field.invalid_type', 'The options are a JSON object');
    const options: Record<string, unknown> = { ...value };
    const parts = new Set<string>();
    for (const [name, text] of this.#texts) {
      if (name === 'options') continue;
      if (options[name] !== undefined)
        throw refuse(name, 'field.repeated', `Give "${name}" once: in the options or as a part`);
      parts.add(name);
      options[name] = valueOf(name, text);
    }
    const unusable = findUnusable(options, maxDepth);
    if (unusable) throw invalid('batch.invalid', [{ ...unusable, path: placeIn(parts, unusable.path) }]);
    const read = BatchOptions.safeParse(options);
    if (read.success) return { options: read.data, parts };
    throw invalid(
      'batch.invalid',
      read.error.issues.flatMap((issue) =>
        problemIssues(issue).map((found) => ({ ...found, path: placeIn(parts, found.path) })),
      ),
    );
  }
}

/** Where a caller finds an option: under `options`, unless it came as a part of its own. */
export function placeIn(parts: ReadonlySet<string>, path: string): string {
  if (path === '') return 'options';
  return parts.has(/^\w+/.exec(path)?.[0] ?? '') ? path : `options.${path}`;
}

/** A refusal of one part. */
export function refuse(path: string, code: string, message: string): AppError {
  return invalid('batch.invalid', [{ path, code, message }]);
}

function valueOf(name: Exclude<TextPart, 'options'>, text: string): unknown {
  if (name === 'brief') return text;
  const isRef = name === 'template' && TemplateRef.safeParse(text.trim()).success;
  return isRef ? text.trim() : readJson(name, text);
}

function readJson(name: TextPart, text: string): unknown {
  try {
    // Editors of some systems begin a file with a byte order mark, which is not JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw refuse(name, 'json.malformed', `The part "${name}" is not JSON`);
  }
}
