import { sql } from 'kysely';
import type { Advanced, JsonObject } from '../../../contracts/core/machine.ts';
import { timelineLines } from '../../../domain/machine/timeline.ts';
import { waitingFor } from '../../../domain/machine/waiting-for.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import type { RunRow } from './turns.ts';
import { matchedWaits } from './waits.ts';

/** What one turn writes about its run. */
export type TurnRecord = {
  run: RunRow;
  turn: number;
  generation: number;
  advanced: Advanced<JsonObject>;
  /** `advanced.state` as JSON. */
  state: string;
  consumed: number[];
  now: Date;
  temporalRunId: string | null;
};

/**
 * Writes a turn of each of several runs of one workspace: their states, the consumed messages, what they listen to, the timeline's lines, the
 * runs' rows and where they stand; one statement, and a second one where branches run beside. Gates are matched before.
 * @returns the ids of those that have unread messages now
 */
export async function writeTurns(tx: Tx, records: readonly TurnRecord[]): Promise<ReadonlySet<string>> {
  const [first] = records;
  if (!first) return new Set();
  const workspaceId = first.run.workspace_id;
  const runIds = records.map(({ run }) => run.id);
  const own = sql`workspace_id = ${workspaceId} and run_id = any(${runIds}::uuid[])`;
  const consumed = records.flatMap(({ run, turn, consumed: seqs }) =>
    seqs.map((seq) => ({ seq, turn, runId: run.id })),
  );
  const seqs = sql`${consumed.map(({ seq }) => seq)}::bigint[]`;
  const kept = records.flatMap(({ run, advanced }) =>
    [...(advanced.branchSteps ?? []), ...(advanced.currentStep === null ? [] : [advanced.currentStep])].map((step) => ({
      runId: run.id,
      step,
    })),
  );
  const waits = matchedWaits(
    workspaceId,
    records.map(({ run, advanced }) => ({ run, open: advanced.waits, isEnded: advanced.ended !== null })),
  );
  const { rows } = await sql<{ id: string; more: boolean }>`
    with ${waits ? sql`${waits},` : sql``} turns as materialized (
      select t.* from jsonb_to_recordset(${turnsOf(records)}::jsonb) as t(run_id uuid, turn int, generation int, state jsonb, status text,
        waiting_for text, current_step text, due_at timestamptz, open jsonb, outcome text, reason text, ended_at timestamptz, at timestamptz,
        temporal_run_id text)
    ), stored as (
      insert into run_turn (workspace_id, run_id, turn, generation, state, at)
      select ${workspaceId}::uuid, run_id, turn, generation, state, at from turns
    ), received as (
      update run_inbox set consumed_turn = read.turn
      from (select unnest(${consumed.map(({ runId }) => runId)}::uuid[]) as run_id, unnest(${seqs}) as seq, unnest(${consumed.map(({ turn }) => turn)}::int[]) as turn) read
      where run_inbox.workspace_id = ${workspaceId} and run_inbox.run_id = read.run_id and run_inbox.seq = read.seq
    ), lines as (
      insert into step (workspace_id, run_id, generation, step, visit, kind, title, status, waiting_for, detail, started_at, ended_at, due_at)
      select ${workspaceId}::uuid, line.*
      from jsonb_to_recordset(${JSON.stringify(records.flatMap(linesOf))}::jsonb) as line(run_id uuid, generation int, step text, visit int, kind text,
        title text, status text, waiting_for text, detail jsonb, started_at timestamptz, ended_at timestamptz, due_at timestamptz)
      on conflict (workspace_id, run_id, step, visit, generation) do update set status = excluded.status, title = excluded.title,
        waiting_for = excluded.waiting_for, detail = step.detail || excluded.detail, ended_at = excluded.ended_at, due_at = excluded.due_at
    ), left_positions as (
      delete from run_position where ${own} and (run_id, step) not in (
        select unnest(${kept.map(({ runId }) => runId)}::uuid[]), unnest(${kept.map(({ step }) => step)}::text[]))
    )
    update run set turn = t.turn, generation = t.generation, status = t.status, waiting_for = t.waiting_for, current_step = t.current_step,
      next_due_at = t.due_at, open = t.open, outcome = t.outcome, reason = t.reason, ended_at = t.ended_at, updated_at = t.at, rev = rev + 1,
      temporal_run_id = coalesce(t.temporal_run_id, run.temporal_run_id)
    from turns t where run.workspace_id = ${workspaceId} and run.id = t.run_id and run.id = any(${runIds}::uuid[])
    returning run.id, exists (select 1 from run_inbox i where i.workspace_id = run.workspace_id and i.run_id = run.id and i.consumed_turn is null
        and i.seq <> all(${seqs}))
      ${waits ? sql`or exists (select from enqueued where enqueued.run_id = run.id)` : sql``} as more`.execute(
    kysely(tx),
  );
  const branches = records.flatMap(({ run, advanced }) =>
    (advanced.branchSteps ?? []).map((step) => ({ runId: run.id, step })),
  );
  // After the trigger of the row, which takes away the step that the run itself has left: a branch may begin there.
  if (branches.length > 0)
    await sql`
      insert into run_position (workspace_id, run_id, step)
      select ${workspaceId}::uuid, unnest(${branches.map(({ runId }) => runId)}::uuid[]), unnest(${branches.map(({ step }) => step)}::text[])
      on conflict do nothing`.execute(kysely(tx));
  return new Set(rows.filter((row) => row.more).map((row) => row.id));
}

/** The turns under the names of their columns, as JSON; a state is JSON already. */
function turnsOf(records: readonly TurnRecord[]): string {
  const turns = records.map(({ run, turn, generation, advanced, state, now, temporalRunId }) => {
    const at = now.toISOString();
    const row = JSON.stringify({
      run_id: run.id,
      turn,
      generation,
      status: advanced.status,
      waiting_for: waitingFor(advanced),
      current_step: advanced.currentStep,
      due_at: advanced.dueAt,
      open: advanced.actions,
      outcome: advanced.ended?.outcome ?? null,
      reason: advanced.ended?.reason ?? null,
      ended_at: advanced.ended ? at : null,
      at,
      temporal_run_id: temporalRunId,
    });
    return `${row.slice(0, -1)},"state":${state}}`;
  });
  return `[${turns.join(',')}]`;
}

/** The lines of a turn under the names of their columns. */
function linesOf({ run, generation, advanced, now }: TurnRecord): JsonObject[] {
  return timelineLines(advanced.steps, now.toISOString()).map(
    ({ waitingFor: waits, startedAt, endedAt, dueAt, ...line }) => ({
      ...line,
      run_id: run.id,
      generation,
      waiting_for: waits,
      started_at: startedAt,
      ended_at: endedAt,
      due_at: dueAt,
    }),
  );
}
