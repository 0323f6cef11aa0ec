import { z } from 'zod';
import { BatchOptions, ColumnMapping, ReviewMode } from '../../../../../contracts/documents/batch.schema.ts';
import { DocumentTemplate, Brand } from '../../../../../contracts/documents/template.schema.ts';
import { simplifyHeader } from '../../../../../domain/documents/columns.ts';
import { modelsIn } from '../model-names.ts';
import type { CsvHead, FileFormat } from './csv-head.ts';
import { senderIn } from './sender.ts';

/** A batch before it is started, as it is typed. `template` is JSON or a reference such as `renewal@3`, `others` are names of models. */
export type BatchDraft = {
  /** The ended batch whose refused rows come mended; empty for none. */
  mends: string;
  name: string;
  template: string;
  brief: string;
  brand: string;
  key: string;
  email: string;
  map: Record<string, string>;
  /** How the file is written; empty where that is found, or amounts are plain numbers. */
  encoding: NonNullable<ColumnMapping['encoding']> | '';
  separator: NonNullable<ColumnMapping['separator']> | '';
  decimal: NonNullable<ColumnMapping['decimal']> | '';
  model: string;
  others: string;
  language: string;
  /** The day that the letters bear; empty for today. */
  date: string;
  budget: string;
  review: z.infer<typeof ReviewMode>;
};

const Stored = z.object({
  mends: z.string(),
  name: z.string(),
  template: z.string(),
  brief: z.string(),
  brand: z.string(),
  key: z.string(),
  email: z.string(),
  map: z.record(z.string(), z.string()),
  encoding: ColumnMapping.shape.encoding.unwrap().or(z.literal('')),
  separator: ColumnMapping.shape.separator.unwrap().or(z.literal('')),
  decimal: ColumnMapping.shape.decimal.unwrap().or(z.literal('')),
  model: z.string(),
  others: z.string().default(''),
  language: z.string(),
  date: z.string().default(''),
  budget: z.string(),
  review: ReviewMode,
});

const storageKey = 'throughline-new-batch';
const emptyDraft: BatchDraft = {
  mends: '',
  name: '',
  template: '',
  brief: '',
  brand: '{\n  "name": ""\n}',
  key: '',
  email: '',
  map: {},
  encoding: '',
  separator: '',
  decimal: '',
  model: '',
  others: '',
  language: 'en',
  date: '',
  budget: '2',
  review: 'flagged',
};

/** The draft of this tab; a reload keeps it, without the file. */
export function loadDraft(): BatchDraft {
  try {
    return Stored.parse(JSON.parse(sessionStorage.getItem(storageKey) ?? ''));
  } catch {
    return emptyDraft;
  }
}

/** Keeps the draft for a reload; null forgets it. */
export function keepDraft(draft: BatchDraft | null): void {
  if (draft) sessionStorage.setItem(storageKey, JSON.stringify(draft));
  else sessionStorage.removeItem(storageKey);
}

/** A draft with the options of an ended batch, whose refused rows come mended with it; its template has to be chosen again where it was a stored one. */
export function draftToMend(id: string, name: string, stored: Readonly<Record<string, unknown>>): BatchDraft {
  const read = BatchOptions.safeParse(stored);
  if (!read.success) return { ...emptyDraft, mends: id };
  const { template, brief, brand, columns, model, fallbackModels = [], language, budgetMicros, review } = read.data;
  return {
    ...emptyDraft,
    mends: id,
    name: `${name.slice(0, 180)} (mended)`,
    template: typeof template === 'string' ? '' : JSON.stringify(template, null, 2),
    brief,
    brand: JSON.stringify(brand, null, 2),
    key: columns.key,
    email: columns.email ?? '',
    map: columns.map,
    model: model ?? '',
    others: fallbackModels.join('\n'),
    language,
    budget: String(budgetMicros / 1_000_000),
    review,
  };
}

/** What is wrong at a place of a template: a part is missing, is not known, or is not as it must be. */
export type TemplateFault = { place: string; what: 'missing' | 'unknown' | 'wrong' };

/** The template that was taken, or what is wrong with it; no faults and no value where the text is no JSON. */
export function readTemplate(text: string): { value: DocumentTemplate | null; faults: readonly TemplateFault[] } {
  const json = jsonIn(text);
  const read = DocumentTemplate.safeParse(json);
  if (read.success) return { value: read.data, faults: [] };
  if (typeof json !== 'object' || json === null) return { value: null, faults: [] };
  return { value: null, faults: read.error.issues.slice(0, mostFaults).flatMap((issue) => faultsOf(issue, json)) };
}

/** Faults that are named at once. */
const mostFaults = 8;

function faultsOf(issue: z.core.$ZodIssue, json: object): TemplateFault[] {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ place: place === '' ? key : `${place}.${key}`, what: 'unknown' }));
  const found = issue.path.reduce<unknown>((outer, name) => (outer as Record<PropertyKey, unknown>)?.[name], json);
  return [{ place, what: found === undefined ? 'missing' : 'wrong' }];
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The template that is typed, if it is one; null for a reference. */
export function templateOf(draft: BatchDraft): DocumentTemplate | null {
  return readTemplate(draft.template).value;
}

/**
 * The column that names the documents where nobody has chosen one: the first that the template calls identifying, found in the file by its name,
 * with another value in each of the rows that are shown; empty where none is.
 */
export function proposedKey(template: DocumentTemplate | null, head: CsvHead | null): string {
  const simple = head?.header.map(simplifyHeader) ?? [];
  const found = Object.entries(template?.columns ?? {}).find(([name, { identifying }]) => {
    const values = head?.rows.map((row) => row[simple.indexOf(name)] ?? '') ?? [];
    return identifying && simple.includes(name) && !values.includes('') && new Set(values).size === values.length;
  });
  return found?.[0] ?? '';
}

/** The brand that is typed, if it is one. */
export function brandOf(draft: BatchDraft): z.infer<typeof Brand> | null {
  return Brand.safeParse(senderIn(draft.brand)).data ?? null;
}

/** What a draft asks for, in the API's words; parts that are not complete stay as they are and are refused there. `found`: how its file is written. */
export function optionsOf(
  draft: BatchDraft,
  found: Pick<FileFormat, 'encoding'> | null = null,
): { [Name in keyof z.input<typeof BatchOptions>]?: unknown } {
  const { name, brief, key, email, map, model, language, budget, review, mends } = draft;
  const fallbackModels = modelsIn(draft.others);
  return {
    name: name.trim(),
    brief,
    template: templateOf(draft),
    brand: brandOf(draft),
    columns: { key, map, ...(email === '' ? {} : { email }), ...foundIn(found), ...saidOf(draft) },
    ...(model.trim() === '' ? {} : { model: model.trim() }),
    ...(fallbackModels.length === 0 ? {} : { fallbackModels }),
    language: language.trim(),
    ...(draft.date === '' ? {} : { date: draft.date }),
    budgetMicros: Math.round(Number(budget) * 1_000_000),
    review,
    ...(mends === '' ? {} : { mends }),
  };
}

/** What a draft says of how its file is written; empty where it is to be found. */
export function saidOf({ encoding, separator, decimal }: BatchDraft): Partial<FileFormat> {
  return {
    ...(encoding === '' ? {} : { encoding }),
    ...(separator === '' ? {} : { separator }),
    ...(decimal === '' ? {} : { decimal }),
  };
}

/** A file that is no UTF-8 says nothing of its letters: what was found in its beginning is said for it. */
function foundIn(found: Pick<FileFormat, 'encoding'> | null): object {
  return found === null || found.encoding === 'utf-8' || found.encoding === 'utf-16'
    ? {}
    : { encoding: found.encoding };
}
