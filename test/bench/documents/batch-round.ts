import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DocumentFormat } from '../../../contracts/documents/batch.schema.ts';
import { createBatch } from '../../../platform/db/documents/batches.ts';
import { sendToRun } from '../../../platform/db/runs/runs.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { createFileStore } from '../../../platform/objects/file-store.ts';
import { residentBytesOf } from '../support/cpu.ts';
import { type Installation, patienceFor, until } from '../support/installation.ts';
import { csvOf, letter, optionsOf } from './rows.ts';

/** What a batch took: documents a second of its stage `generate`, the seconds of each stage, and the worker's memory at each quarter of it. */
export type BatchRound = { perSecond: number; stageSeconds: Record<string, number>; quarterBytes: number[] };

/** `formats` are the files that are made of each document. */
type Round = { documents: number; window: number; formats?: DocumentFormat[] };

/**
 * A batch through the real worker. `perSecond` is of its stage `generate`, from the turn that opens it to the last checkpoint: each
 * document is claimed, asked for, filled in, checked and checkpointed.
 */
export async function batchRound(
  { app, system, home, workspaceId, pids }: Installation,
  { documents, window, formats }: Round,
): Promise<BatchRound> {
  const rowsKey = `${workspaceId}/uploads/${randomUUID()}.csv`;
  await createFileStore(join(home, 'objects')).put(rowsKey, csvOf(documents));
  const templateHash = createHash('sha256').update(JSON.stringify(letter)).digest('hex');
  const { batchId, runId } = await inWorkspace(app, workspaceId, (tx) =>
    createBatch(tx, { workspaceId, options: optionsOf(window, formats), template: letter, templateHash, rowsKey }),
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
  const quarterBytes: number[] = [];
  await until(
    'the end of the batch',
    async () => {
      const { done } = await kysely(system)
        .selectFrom('document')
        .select(({ fn }) => fn.countAll<number>().as('done'))
        .where('batch_id', '=', batchId)
        .where('generated', '=', 'done')
        .executeTakeFirstOrThrow();
      while (quarterBytes.length < Math.floor((4 * Number(done)) / documents))
        quarterBytes.push(residentBytesOf(pids.worker));
      const run = await kysely(system)
        .selectFrom('run')
        .select('ended_at')
        .where('id', '=', runId)
        .executeTakeFirstOrThrow();
      return run.ended_at !== null;
    },
    patienceFor(documents),
  );
  const steps = await kysely(system)
    .selectFrom('step')
    .select(['step', 'started_at', 'ended_at'])
    .where('run_id', '=', runId)
    .execute();
  const stageSeconds = Object.fromEntries(
    steps.map(({ step, started_at: from, ended_at: to }) => [step, ((to ?? from).getTime() - from.getTime()) / 1_000]),
  );
  const generate = steps.find(({ step }) => step === 'generate');
  const made = await kysely(system)
    .selectFrom('document')
    .select(({ fn }) => [fn.max('generated_at').as('last'), fn.countAll<string>().as('count')])
    .where('batch_id', '=', batchId)
    .where('generated', '=', 'done')
    .executeTakeFirstOrThrow();
  if (Number(made.count) !== documents || made.last === null || !generate)
    throw new Error(`${made.count} of ${documents} documents were generated`);
  const perSecond = documents / ((made.last.getTime() - generate.started_at.getTime()) / 1_000);
  return { perSecond, stageSeconds, quarterBytes };
}
