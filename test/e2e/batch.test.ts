import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { documentsOf, makeBatch, rowsCsv } from '../support/batches.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordHistory } from '../support/record-history.ts';
import { untilRun } from '../support/toy-runs.ts';
import { useInstallation } from '../support/use-installation.ts';

describe('a document batch on real parts', () => {
  let database: TestDatabase;
  let objects: ObjectStore;
  const installation = useInstallation((opened) => {
    ({ database, objects } = opened);
  });

  async function decide(runId: string, step: string, outcome: string): Promise<void> {
    const gate = await eventually(
      `the gate ${step}`,
      () =>
        kysely(database.system)
          .selectFrom('gate')
          .selectAll()
          .where('run_id', '=', runId)
          .where('step', '=', step)
          .where('status', '=', 'open')
          .executeTakeFirst(),
      60_000,
    );
    const payload = { step, visit: gate.visit, round: gate.round, generation: 0, outcome, comment: null, form: null };
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, { workspaceId: database.workspaceId, runId, kind: 'gate', ref: gate.id, payload }),
    );
  }

  const documents = (batchId: string) => documentsOf(database, batchId);

  it('goes from rows over an approved estimate, generated and checked documents to an archive; bad rows cost themselves alone', async () => {
    const csv = rowsCsv(60).replace('Ana3,103.50', 'Ana3,not-a-number').replace('P-1005,', ',');
    const { batchId, runId } = await makeBatch(database, objects, csv);
    await decide(runId, 'approve-estimate', 'approve');
    const run = await Promise.race([
      untilRun(database, runId, 'ends', (row) => row.ended_at !== null, 90_000),
      decide(runId, 'review', 'approve').then(() =>
        untilRun(database, runId, 'ends', (row) => row.ended_at !== null, 60_000),
      ),
    ]);
    expect(run).toMatchObject({ status: 'completed', outcome: 'completedWithErrors' });
    const made = await documents(batchId);
    expect(made).toHaveLength(58);
    expect(made.every((document) => document.rendered === 'done' && document.answers !== null)).toBe(true);
    const batch = await kysely(database.system)
      .selectFrom('batch')
      .selectAll()
      .where('id', '=', batchId)
      .executeTakeFirstOrThrow();
    expect(batch).toMatchObject({ rows: 58, row_errors: 2, outcome: 'completedWithErrors' });
    expect(Number(batch.spent_micros)).toBe(made.reduce((sum, document) => sum + Number(document.cost_micros), 0));
    const archive = await objects.get(batch.archive_key ?? '');
    expect(archive.subarray(0, 2).toString()).toBe('PK');
    expect(archive.includes('manifest.json') && archive.includes('errors.csv')).toBe(true);
    await recordHistory(installation.temporal, run.workflow_id, 'batch-display-2026-11');
  });

  it('flags a document with an invented number, repairs what the model can repair, and withholds what the review refuses', async () => {
    const policy = randomUUID();
    await installation.doubles.addFault({ service: 'llm', fault: 'inventedNumber', match: policy });
    const { batchId, runId } = await makeBatch(database, objects, rowsCsv(10).replace('P-1007', policy));
    await decide(runId, 'approve-estimate', 'approve');
    await decide(runId, 'review', 'reject');
    await untilRun(database, runId, 'ends', (row) => row.ended_at !== null, 60_000);
    const flagged = (await documents(batchId)).filter((document) => document.is_flagged);
    expect(flagged.map((document) => document.key)).toEqual([policy]);
    expect(flagged[0]).toMatchObject({ rendered: 'withheld', repairs: 1 });
  });

  it('stops before it spends more than its budget, and goes on when a person resumes with more', async () => {
    const { batchId, runId } = await makeBatch(database, objects, rowsCsv(40), { budgetMicros: 1 });
    await decide(runId, 'approve-estimate', 'approve');
    await untilRun(database, runId, 'is paused', (row) => row.status === 'paused', 30_000);
    expect((await documents(batchId)).every((document) => document.generated === 'pending')).toBe(true);
    await kysely(database.system)
      .updateTable('batch')
      .set({ budget_micros: 90_000_000 })
      .where('id', '=', batchId)
      .execute();
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, { workspaceId: database.workspaceId, runId, kind: 'resume', ref: 'more', payload: {} }),
    );
    await eventually(
      'is generated',
      async () => (await documents(batchId)).every((document) => document.generated === 'done'),
      60_000,
    );
  });
});
