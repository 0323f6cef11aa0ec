import { createHash } from 'node:crypto';
import { letterFonts } from '../../../contracts/documents/fonts.ts';
import type { Problem, RowError } from '../../../contracts/documents/documents.ts';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { ColumnMapping, KeptOptions } from '../../../contracts/documents/batch.schema.ts';
import { mayBeThousands, needsDecimal } from '../../../domain/documents/amounts.ts';
import { type ColumnPlan, planColumns } from '../../../domain/documents/columns.ts';
import { hasFormats } from '../../../domain/documents/template/locale-filters.ts';
import { writesByLanguage } from '../../../domain/documents/template/printed-values.ts';
import { lintTemplate } from '../../../domain/documents/template/template-lint.ts';
import { CsvRefused, readCsv } from '../../../platform/rows/csv/read-csv.ts';
import { resolveTemplate } from '../../../platform/db/journeys/template-refs.ts';
import { noPriceHint, type ModelRegistry } from '../../../platform/models/model-registry.ts';
import { findListedBatch } from '../../../platform/db/views/batches-list.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import type { ObjectStore } from '../../../platform/objects/file-store.ts';
import { type AppError, invalid } from '../../http/errors/app-error.ts';
import { placeIn } from './option-parts.ts';
import type { Upload } from './read-upload.ts';

/** A template as a batch keeps it: the bundle itself with its SHA-256. */
export type BatchTemplate = { template: DocumentTemplate; templateHash: string };

/** The template that the options name or bring. @throws AppError 422 when there is none or it breaks a rule */
export async function templateOf(
  tx: Tx,
  workspaceId: string,
  { options, parts }: Pick<Upload, 'options' | 'parts'>,
): Promise<BatchTemplate> {
  const { template } = options;
  if (typeof template !== 'string') {
    const problems = lintTemplate(template);
    if (problems.length > 0) throw refusal(parts, problems);
    return { template, templateHash: createHash('sha256').update(JSON.stringify(template)).digest('hex') };
  }
  const found = await resolveTemplate(tx, workspaceId, 'document', template);
  if (!found) {
    const message = `There is no document template ${template}`;
    throw invalid('batch.invalid', [{ path: placeIn(parts, 'template'), code: 'template.notFound', message }]);
  }
  return { template: DocumentTemplate.parse(found.content), templateHash: found.sha256 };
}

/** Refuses a model whose calls nobody could count. @throws AppError 422 where it has no price */
export function checkModel(
  models: ModelRegistry,
  { options, parts }: { options: KeptOptions; parts: Upload['parts'] },
): void {
  const named = [
    ['model', options.model] as const,
    ...(options.fallbackModels ?? []).map((name) => ['fallbackModels', name] as const),
  ];
  const problems = named
    .filter(([, name]) => models.priceOf(name) === null)
    .map(([field, name]) => {
      const message = `The model ${name} has no price. ${noPriceHint}`;
      return { path: placeIn(parts, field), code: 'model.noPrice', message };
    });
  if (problems.length > 0) throw invalid('batch.invalid', problems);
}

/** Refuses to mend a batch that is not there, or not over: only then is known which of its rows have no document. @throws AppError 422 */
export async function checkMends(
  tx: Tx,
  workspaceId: string,
  { options, parts }: Pick<Upload, 'options' | 'parts'>,
): Promise<void> {
  if (options.mends === undefined) return;
  const batch = await findListedBatch(tx, workspaceId, options.mends);
  if (batch && batch.ended_at !== null) return;
  const code = batch ? 'batch.live' : 'batch.notFound';
  const message = batch ? 'The batch to mend is still under way' : 'There is no batch of this id to mend';
  throw invalid('batch.invalid', [{ path: placeIn(parts, 'mends'), code, message }]);
}

/** Refuses a language of which nobody knows how it writes the amounts and days that the template prints. @throws AppError 422 */
export function checkLanguage({ options, parts }: Upload, { body }: DocumentTemplate): void {
  const { language } = options;
  if (hasFormats(language) || !writesByLanguage(body)) return;
  const message = `It is not known how “${language}” writes amounts and days. Print them as they are in the file, without money, number and long_date, or choose another language`;
  throw invalid('batch.invalid', [{ path: placeIn(parts, 'language'), code: 'language.noFormats', message }]);
}

/** Refuses a font that a letter could not be set in. @throws AppError 422 with the place of each */
export function checkFonts({ options, parts }: Upload): void {
  const problems = options.brand.fonts.flatMap((font, at) => {
    if (letterFonts.some((known) => known === font)) return [];
    const message = `There is no font “${font}”. Choose among ${letterFonts.join(', ')}`;
    return [{ path: `${placeIn(parts, 'brand')}.fonts[${at}]`, code: 'brand.unknownFont', message }];
  });
  if (problems.length > 0) throw invalid('batch.invalid', problems);
}

/** Rows that are looked at before a file is taken; a fault of all of them shows in these. */
const ROWS_LOOKED_AT = 1_000;

/**
 * Reads the header and the first rows of the stored file. @throws AppError 422 when it cannot be read, its columns do not fit, or its letters
 * or amounts are written so that their sender has to say how. Rows that a batch has read already are not looked at again: `rowsLookedAt` is 0.
 */
export async function checkColumns(
  objects: ObjectStore,
  { rowsKey, options, parts, rowsLookedAt = ROWS_LOOKED_AT }: Omit<Upload, 'rowsHash'> & { rowsLookedAt?: number },
  template: DocumentTemplate,
): Promise<void> {
  const file = await objects.open(rowsKey);
  if (!file) throw new Error('The rows were just stored');
  let plan: ColumnPlan | null = null;
  let rows = 0;
  try {
    for await (const item of readCsv(file.content, options.columns)) {
      if (item.kind === 'header') {
        const planned = planColumns(item.cells, template, options.columns);
        if (planned.kind === 'refused') throw refusal(parts, planned.problems);
        if (rowsLookedAt === 0) return;
        ({ plan } = planned);
        continue;
      }
      const problem =
        item.kind === 'error' ? encodingProblem(item.error) : plan && amountProblem(plan, item, options.columns);
      if (problem) throw refusal(parts, [problem]);
      if ((rows += 1) >= rowsLookedAt) return;
    }
  } catch (error) {
    throw error instanceof CsvRefused ? refusal(parts, [error.problem]) : error;
  } finally {
    file.content.destroy();
  }
}

function encodingProblem({ line, code }: RowError): Problem | null {
  if (code !== 'csv.encoding') return null;
  return {
    path: `rows.line[${line}]`,
    code,
    message: `Line ${line} is not UTF-8`,
    hint: 'Save the file as “CSV UTF-8”, or say in columns.encoding how it is written; Excel in Western Europe writes windows-1252',
  };
}

function amountProblem(
  { variables }: ColumnPlan,
  { line, cells }: { line: number; cells: string[] },
  { decimal }: ColumnMapping,
): Problem | null {
  if (decimal !== undefined) return null;
  const found = variables.find(({ index, spec }) => {
    const cell = (cells[index] ?? '').trim();
    if (spec.type !== 'money' && spec.type !== 'number') return false;
    return needsDecimal(cell) || (spec.type === 'money' && mayBeThousands(cell));
  });
  if (!found) return null;
  return {
    path: `rows.line[${line}]`,
    code: 'csv.decimal',
    message: `“${(cells[found.index] ?? '').trim()}” in “${found.header}” may be more than one number`,
    hint: 'Say in columns.decimal whether "," or "." begins the decimals, or write plain numbers such as 1234.50',
  };
}

/** Problems of a file name the row; those of the options get their place among them. */
function refusal(parts: ReadonlySet<string>, problems: Problem[]): AppError {
  return invalid(
    'batch.invalid',
    problems.map(({ path, code, message, hint }) => ({
      path: /^(template|columns)/.test(path) ? placeIn(parts, path) : path,
      code,
      message: `${message}. ${hint}`,
    })),
  );
}
