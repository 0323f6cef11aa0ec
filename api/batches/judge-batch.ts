import { createHash } from 'node:crypto';
import type { Problem } from '../../contracts/batch-documents.ts';
import { DocumentTemplate } from '../../contracts/batch-template.schema.ts';
import type { BatchOptions } from '../../contracts/batch.schema.ts';
import { planColumns } from '../../domain/documents/columns.ts';
import { lintTemplate } from '../../domain/documents/template/template-lint.ts';
import { CsvRefused, readCsv } from '../../platform/csv/read-csv.ts';
import { resolveTemplate } from '../../platform/db/template-refs.ts';
import type { Tx } from '../../platform/db/workspace.ts';
import type { ObjectStore } from '../../platform/objects.ts';
import { type AppError, invalid } from '../http/app-error.ts';

/** A template as a batch keeps it: the bundle itself with its SHA-256. */
export type BatchTemplate = { template: DocumentTemplate; templateHash: string };

/** The template that the options name or bring. @throws AppError 422 when there is none or it breaks a rule */
export async function templateOf(tx: Tx, workspaceId: string, { template }: BatchOptions): Promise<BatchTemplate> {
  if (typeof template !== 'string') {
    const problems = lintTemplate(template);
    if (problems.length > 0) throw refusal(problems);
    return { template, templateHash: createHash('sha256').update(JSON.stringify(template)).digest('hex') };
  }
  const found = await resolveTemplate(tx, workspaceId, 'document', template);
  if (!found) {
    throw invalid('batch.invalid', [
      { path: 'options.template', code: 'template.notFound', message: `There is no document template ${template}` },
    ]);
  }
  return { template: DocumentTemplate.parse(found.content), templateHash: found.sha256 };
}

/** Reads the header of the stored rows. @throws AppError 422 when the file cannot be read or its columns do not fit */
export async function checkColumns(
  objects: ObjectStore,
  rowsKey: string,
  template: DocumentTemplate,
  options: BatchOptions,
): Promise<void> {
  const file = await objects.open(rowsKey);
  if (!file) throw new Error('The rows were just stored');
  try {
    for await (const item of readCsv(file.content)) {
      if (item.kind !== 'header') continue;
      const planned = planColumns(item.cells, template, options.columns);
      if (planned.kind === 'refused') throw refusal(planned.problems);
      return;
    }
  } catch (error) {
    throw error instanceof CsvRefused ? refusal([error.problem]) : error;
  } finally {
    file.content.destroy();
  }
}

/** Problems of a file name the row; those of the options get their place among them. */
function refusal(problems: Problem[]): AppError {
  return invalid(
    'batch.invalid',
    problems.map(({ path, code, message, hint }) => ({
      path: /^(template|columns)/.test(path) ? `options.${path}` : path,
      code,
      message: `${message}. ${hint}`,
    })),
  );
}
