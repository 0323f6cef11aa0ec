import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createBatch } from '../../../platform/db/documents/batches.ts';
import { sendToRun } from '../../../platform/db/runs/runs.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { createFileStore } from '../../../platform/objects/file-store.ts';
import { type Installation, until } from '../support/installation.ts';
import { csvOf, letter, optionsOf } from './rows.ts';

/**
 * A batch through the real worker. Timed is its stage `generate`, from the turn that opens it to the last checkpoint: each
 * document is claimed, asked for, filled in, checked and checkpointed. @returns documents a second
 */
export async function batchRound(
  { app, system, home, workspaceId }: Installation,
  { documents, window }: { documents: number; window: number },
): Promise<number> {
  const rowsKey = `${workspaceId}/uploads/${randomUUID()}.csv`;
  await createFileStore(join(home, 'objects')).put(rowsKey, csvOf(documents));
  const templateHash = createHash('sha256').update(JSON.stringify(letter)).digest('hex');
  const { batchId, runId } = await inWorkspace(app, workspaceId, (tx) =>
    createBatch(tx, { workspaceId, options: optionsOf(window), template: letter, templateHash, rowsKey }),
  );
  const gateOf = () =>
    kysely(system)
      .selectFrom('gate')
      .selectAll()
      .where('run_id', '=', runId)
      .where('status', '=', 'open')
      .executeTakeFirst();
  await until('the estimate', async () => (await gateOf()) !== undefined);
  const gate = await gateOf();
  await inWorkspace(app, workspaceId, (tx) =>
    sendToRun(tx, {
      workspaceId,
      runId,
      kind: 'gate',
      ref: gate?.id ?? '',
      payload: {
        step: 'approve-estimate',
        visit: 1,
        round: 1,
        generation: 0,
        outcome: 'approve',
        comment: null,
        form: null,
      },
    }),
  );
  await until('the end of the batch', async () => {
    const run = await kysely(system)
      .selectFrom('run')
      .select('ended_at')
      .where('id', '=', runId)
      .executeTakeFirstOrThrow();
    return run.ended_at !== null;
  });
  const step = await kysely(system)
    .selectFrom('step')
    .select('started_at')
    .where('run_id', '=', runId)
    .where('step', '=', 'generate')
    .executeTakeFirstOrThrow();
  const made = await kysely(system)
    .selectFrom('document')
    .select(({ fn }) => [fn.max('generated_at').as('last'), fn.countAll<string>().as('count')])
    .where('batch_id', '=', batchId)
    .where('generated', '=', 'done')
    .executeTakeFirstOrThrow();
  if (Number(made.count) !== documents || made.last === null)
    throw new Error(`${made.count} of ${documents} documents were generated`);
  return documents / ((made.last.getTime() - step.started_at.getTime()) / 1_000);
}
