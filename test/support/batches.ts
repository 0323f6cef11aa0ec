import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { createBatch } from '../../platform/db/documents/batches.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import { matchGates } from '../../platform/db/gates/gates.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { createFileStore, type ObjectStore } from '../../platform/objects/file-store.ts';
import { newId } from '../../platform/ids.ts';
import type { TestDatabase } from './database.ts';

/** A short letter with one passage by the model. */
export const letter = DocumentTemplate.parse({
  name: 'Renewal letter',
  columns: {
    policy: { identifying: true },
    first_name: {},
    premium: { type: 'money' },
  },
  slots: { intro: { instruction: 'Thank the reader for their trust.', minWords: 5, maxWords: 60 } },
  locked: { terms: 'The terms of the policy apply unchanged.' },
  body: '# Your renewal\n\nDear {{ row.first_name }},\n\n{{ slots.intro }}\n\nYour premium is {{ row.premium }} euros.\n\n{{ locked.terms }}\n',
});

/** A file of `count` good rows. */
export function rowsCsv(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `P-${1_000 + index},Ana${index},${100 + index}.50`);
  return `Policy,First name,Premium\n${lines.join('\n')}\n`;
}

/** The object store of a test's worker. */
export function objectsOf(home: string): ObjectStore {
  return createFileStore(join(home, 'objects'));
}

/** Makes a batch as the API would, from a CSV text. */
export async function makeBatch(
  database: TestDatabase,
  objects: ObjectStore,
  csv: string,
  changes: Partial<BatchOptions> = {},
): Promise<{ batchId: string; runId: string }> {
  const options = BatchOptions.parse({
    name: 'Renewals',
    brief: 'Tell customers that their policy is renewed.',
    template: letter,
    brand: { name: 'Acme' },
    columns: { key: 'policy' },
    model: 'stub-small',
    budgetMicros: 50_000_000,
    ...changes,
  });
  const { workspaceId } = database;
  const rowsKey = `${workspaceId}/uploads/${newId()}.csv`;
  await objects.put(rowsKey, csv);
  const template = options.template as DocumentTemplate;
  const templateHash = createHash('sha256').update(JSON.stringify(template)).digest('hex');
  return inWorkspace(database.app, workspaceId, (tx) =>
    createBatch(tx, { workspaceId, options, template, templateHash, rowsKey }),
  );
}

/** The documents of a batch, in their order. */
export function documentsOf(database: TestDatabase, batchId: string): Promise<DocumentRow[]> {
  return kysely(database.system)
    .selectFrom('document')
    .selectAll()
    .where('batch_id', '=', batchId)
    .orderBy('ordinal')
    .execute();
}

/** Opens the gate at which a batch's run is reviewed, as a turn would. @returns its id */
export function openReviewGate(database: TestDatabase, runId: string): Promise<string> {
  const { workspaceId } = database;
  return inWorkspace(database.app, workspaceId, async (tx) => {
    const run = await lockRun(tx, workspaceId, runId);
    if (!run) throw new Error(`No run ${runId}`);
    const outcomes = [{ name: 'approve', label: 'Deliver' }];
    const gate = { step: 'review', visit: 1, title: 'Review', outcomes, content: {}, dueAt: null, onTimeout: null };
    await matchGates(tx, run, run.generation, [{ ...gate, assignee: { kind: 'role', id: 'approver' } }]);
    const opened = kysely(tx).selectFrom('gate').select('id').where('run_id', '=', runId).where('step', '=', 'review');
    return (await opened.executeTakeFirstOrThrow()).id;
  });
}
