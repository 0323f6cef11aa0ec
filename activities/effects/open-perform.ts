import { ApplicationFailure } from '@temporalio/activity';
import type { PerformInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { JsonObject, Perform } from '../../contracts/core/machine.ts';
import { noteInbox } from '../../platform/db/runs/runs.ts';
import type { RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/** A perform that is open now, with its run. */
export type OpenWork = { run: RunRow; perform: Perform; generation: number };

/**
 * The open perform behind `input.key`, or null when there is nothing (more) to do: it was answered, superseded by a rewind,
 * or its run is over. @throws RunNotFound
 */
export async function openPerform(tx: Tx, input: PerformInput): Promise<OpenWork | null> {
  const run = await tx
    .selectFrom('run')
    .selectAll()
    .where('workspace_id', '=', input.workspaceId)
    .where('id', '=', input.runId)
    .executeTakeFirst();
  if (!run) throw ApplicationFailure.nonRetryable(`No run ${input.runId}`, failureTypes.runNotFound);
  const cut = input.key.indexOf('/');
  const generation = Number(input.key.slice(0, cut));
  const perform = (run.open as Perform[]).find((open) => open.id === input.key.slice(cut + 1));
  if (!perform || generation !== run.generation || run.ended_at !== null) return null;
  const answered = await tx
    .selectFrom('run_inbox')
    .select('seq')
    .where('workspace_id', '=', input.workspaceId)
    .where('run_id', '=', input.runId)
    .where('kind', 'in', ['performed', 'failed'])
    .where('ref', '=', input.key)
    .executeTakeFirst();
  return answered ? null : { run, perform, generation };
}

/** Notes a perform's output in its run's inbox. The activity's completion wakes the loop, so nothing rings. */
export async function notePerformed(tx: Tx, input: PerformInput, output: JsonObject): Promise<void> {
  await noteInbox(tx, { ...input, kind: 'performed', ref: input.key, payload: output });
}
