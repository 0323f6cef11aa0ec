import { z } from 'zod';
import { Id } from '../core/values.schema.ts';
import { Brand, DocumentTemplate, VariableName } from './template.schema.ts';

/** A stored template: its slug and version, as `renewal@3`. */
export const TemplateRef = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}@[1-9][0-9]{0,5}$/, 'slug@version, for example renewal@3');

/** The checks for a document, from the cheapest to the most expensive. */
export const CheckName = z.enum([
  'schema',
  'leftovers',
  'length',
  'required',
  'language',
  'facts',
  'promises',
  'locked',
  'leak',
]);
export type CheckName = z.infer<typeof CheckName>;

/** How the bytes of a file are letters: what spreadsheets write, by the names of the Encoding standard. */
export const FileEncoding = z.enum([
  'utf-8',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'iso-8859-2',
  'iso-8859-15',
  'macintosh',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
]);
/** How the bytes of a file are letters. */
export type FileEncoding = z.infer<typeof FileEncoding>;

/**
 * Which file columns mean what. `key` is the row's permanent name (a policy number): unique in the file, part of file
 * names. `map` renames: template variable → header as it stands in the file; other headers are found by their simplified
 * name. The rest says how the file is written.
 */
export const ColumnMapping = z.strictObject({
  key: VariableName,
  email: VariableName.optional(),
  map: z.record(VariableName, z.string().min(1).max(200)).default({}),
  /** UTF-8, or UTF-16 by its mark, where nothing is said. */
  encoding: FileEncoding.optional(),
  /** Found by the first lines where nothing is said. */
  separator: z.enum([',', ';', '\t', '|']).optional(),
  /** The mark before the decimals of amounts; the other one may group thousands. Plain numbers alone where nothing is said. */
  decimal: z.enum(['.', ',']).optional(),
});
export type ColumnMapping = z.infer<typeof ColumnMapping>;

/**
 * Which documents a person looks at before they are rendered: none, those with a finding of severity `error`, or all.
 * With `none` the flagged ones are withheld.
 */
export const ReviewMode = z.enum(['none', 'flagged', 'all']);
export type ReviewMode = z.infer<typeof ReviewMode>;

/** The formats a document can be delivered in. */
export const DocumentFormat = z.enum(['pdf', 'html']);
export type DocumentFormat = z.infer<typeof DocumentFormat>;

/** What a person gives with the rows to start a batch; money in millionths of a US dollar. */
export const BatchOptions = z.strictObject({
  name: z.string().min(1).max(200),
  /** Markdown: what these documents are for and what they must say; the model reads it in every prompt. */
  brief: z.string().min(1).max(20_000),
  template: z.union([TemplateRef, DocumentTemplate]),
  brand: Brand,
  columns: ColumnMapping,
  /** The model that writes; the installation's where it is left out, and then that one for good. */
  model: z.string().min(1).max(120).optional(),
  /** Models that write instead, in this order, where that one is down or refuses a document. */
  fallbackModels: z.array(z.string().min(1).max(120)).min(1).max(3).optional(),
  /** BCP 47, as `en` or `de-AT`. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as en or de-AT')
    .refine(isLanguageTag, 'a language tag such as en or de-AT')
    .default('en'),
  /** The day that the letters bear, `batch.date` in a template; today where the workspace is, where it is left out. */
  date: z.iso.date().optional(),
  budgetMicros: z.int().min(1),
  /** Model calls in flight at once; 100 reaches 1,000 documents a minute at 5 s a call. */
  window: z.int().min(1).max(500).default(100),
  checks: z.array(CheckName).default([...CheckName.options]),
  review: ReviewMode.default('flagged'),
  formats: z.array(DocumentFormat).min(1).default(['pdf', 'html']),
  /** How often the model may correct itself before a person sees the document. */
  repairs: z.int().min(0).max(2).default(1),
  /** The ended batch whose refused rows come mended with this one: a row that has its document there, or was taken out there, is refused. */
  mends: Id.optional(),
});
export type BatchOptions = z.infer<typeof BatchOptions>;
/** Options as a batch keeps them: its model is one for good. */
export type KeptOptions = BatchOptions & { model: string };

/** Whether dates and amounts can be written in it: `de-12` looks like a tag and is none. */
function isLanguageTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
