import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { Advanced, JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { limits } from '../../../contracts/core/limits.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { timelineLines } from '../../../domain/machine/timeline.ts';
import { waitingFor } from '../../../domain/machine/waiting-for.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import { jsonRows, type JsonRow, type Reading } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import { matchedWaits } from './waits.ts';

/** A run's row. */
export type RunRow = Selectable<Database['run']>;

/** A locked run, with the database's clock: the one by which waits, gates and events are ordered. */
export type LockedRun = RunRow & { now: Date };

/** A run without a lock; undefined when the workspace has no such run. */
export function readRun(tx: Tx, workspaceId: string, runId: string): Promise<RunRow | undefined> {
  return kysely(tx)
    .selectFrom('run')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', runId)
    .executeTakeFirst();
}

/**
 * Locks a run for one turn, its contact first: event intake and turns lock contact → run, so neither waits for the other's
 * second lock. What the lock guards is read by a later statement, which sees all that was committed until both were held. Undefined when the
 * workspace has no such run.
 */
export async function lockRun(tx: Tx, workspaceId: string, runId: string): Promise<LockedRun | undefined> {
  // The join waits for the contact before it gives a row of the run to lock.
  const { rows } = await sql<LockedRun>`
    with person as materialized (
      select from contact where workspace_id = ${workspaceId}
        and id = (select contact_id from run where workspace_id = ${workspaceId} and id = ${runId})
      for no key update
    )
    select run.*, clock_timestamp() as now from run left join person on true
    where run.workspace_id = ${workspaceId} and run.id = ${runId} for no key update of run`.execute(kysely(tx));
  return rows[0];
}

/** The database's clock, for what happens outside of a turn. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(kysely(tx));
  const [row] = rows;
  if (!row) throw new Error('The database returned no time');
  return row.now;
}

/**
 * Whether unread messages exist. A message is unread while `consumed_turn` is null: a cursor would skip one that commits
 * late.
 */
export async function hasUnread(tx: Tx, run: RunRow): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    select exists (select 1 from run_inbox where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn is null) as more`.execute(
    kysely(tx),
  );
  return rows[0]?.more ?? false;
}

/** Whether what ends the run, or takes it back, waits unread. */
export function isToStop(workspaceId: string, runId: string): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from run_inbox where workspace_id = ${workspaceId} and run_id = ${runId} and consumed_turn is null
    and (kind in ('exit', 'rewind') or (kind = 'event' and payload ->> 'purpose' = 'exit')))`;
}

/** A run that one of its actions is to be done for. */
export type ActingRun<Facts> = {
  run: RunRow;
  /** Whether the action's answer, its output or its failure, is in the mailbox or was read from it. */
  isAnswered: boolean;
  /** Whether what ends the run, or takes it back, waits unread. */
  isToStop: boolean;
  facts: Facts;
};

/**
 * Reads a run, and what else is asked for, to do one of its actions; `key` as in `ActionInput`. Holds the run, so that what follows in the
 * transaction is there when its contact is erased. Undefined when the workspace has no such run.
 */
export async function holdToAct<Facts>(
  tx: Tx,
  { workspaceId, runId, key }: { workspaceId: string; runId: string; key: string },
  facts: Reading<Facts>,
): Promise<ActingRun<Facts> | undefined> {
  const { rows } = await sql<RunRow & { isAnswered: boolean; isToStop: boolean; facts: JsonRow[] }>`
    select run.*, ${isToStop(workspaceId, runId)} as "isToStop", exists (
        select from run_inbox where workspace_id = ${workspaceId} and run_id = ${runId} and kind in (${ACTION_DONE}, 'failed') and ref = ${key}
      ) as "isAnswered", ${jsonRows(facts.query)} as facts
    from run where workspace_id = ${workspaceId} and id = ${runId} for key share of run`.execute(kysely(tx));
  const [row] = rows;
  return row && { run: row, isAnswered: row.isAnswered, isToStop: row.isToStop, facts: facts.from(row.facts) };
}

/** A message as it was noted. */
export type Unread = MailboxItem & { ref: string };

/**
 * The unread rows in their order, at most `limits.mailboxRowsPerTurn`, those first that say how a run goes on which can take no others.
 * `ref` is as it was noted.
 */
export function unreadMessages(run: RunRow): Reading<Unread[]> {
  return {
    query: sql`
      select seq, kind, ref, payload, at from run_inbox
      where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn is null
      order by kind in ('exit', 'rewind') desc, seq limit ${limits.mailboxRowsPerTurn}`,
    from: (rows) =>
      (rows as Unread[])
        .map((row) => ({ ...row, at: new Date(row.at).toISOString() }))
        .toSorted((a, b) => a.seq - b.seq),
  };
}

/** Makes the messages of these kinds unread that were read after a turn. */
export async function unreadSince(
  tx: Tx,
  run: RunRow,
  { turn, kinds }: { turn: number; kinds: readonly string[] },
): Promise<void> {
  await sql`update run_inbox set consumed_turn = null
    where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn > ${turn} and kind = any(${kinds}::text[])`.execute(
    kysely(tx),
  );
}

/** The state stored with a turn, or null before the first. */
export function stateOfTurn(run: RunRow, turn: number): Reading<JsonObject | null> {
  return {
    query: sql`select state from run_turn where workspace_id = ${run.workspace_id} and run_id = ${run.id} and turn = ${turn}`,
    from([row]) {
      if (turn === 0) return null;
      if (!row) throw new Error(`Run ${run.id} has no turn ${turn}`);
      return row['state'] as JsonObject;
    },
  };
}

/** Notes the execution that works the run: after a reset or a restart made elsewhere it is a newer one. */
export async function adoptExecution(tx: Tx, run: RunRow, temporalRunId: string): Promise<void> {
  await sql`update run set temporal_run_id = ${temporalRunId} where workspace_id = ${run.workspace_id} and id = ${run.id}`.execute(
    kysely(tx),
  );
}

/** What one turn writes about the run itself. */
export type TurnRecord = {
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
 * Writes a turn: its state, the consumed messages, what it listens to, the timeline's lines, the run's row and where it stands; one statement,
 * and a second one where branches run beside it. Gates are matched before.
 * @returns whether unread messages exist now
 */
export async function writeTurn(tx: Tx, run: RunRow, record: TurnRecord): Promise<boolean> {
  const { advanced, turn, generation, now } = record;
  const own = sql`workspace_id = ${run.workspace_id} and run_id = ${run.id}`;
  const consumed = sql`${record.consumed}::bigint[]`;
  const { currentStep, branchSteps = [] } = advanced;
  const waits = matchedWaits(run, advanced.waits, { isEnded: advanced.ended !== null });
  const { rows } = await sql<{ more: boolean }>`
    with ${waits ? sql`${waits},` : sql``} stored as (
      insert into run_turn (workspace_id, run_id, turn, generation, state, at)
      values (${run.workspace_id}, ${run.id}, ${turn}, ${generation}, ${record.state}::jsonb, ${now})
    ), received as (
      update run_inbox set consumed_turn = ${turn} where ${own} and seq = any(${consumed})
    ), lines as (
      insert into step (workspace_id, run_id, generation, step, visit, kind, title, status, waiting_for, detail, started_at, ended_at, due_at)
      select ${run.workspace_id}::uuid, ${run.id}::uuid, ${generation}::int, line.*
      from jsonb_to_recordset(${JSON.stringify(linesOf(record))}::jsonb) as line(step text, visit int, kind text, title text, status text,
        waiting_for text, detail jsonb, started_at timestamptz, ended_at timestamptz, due_at timestamptz)
      on conflict (workspace_id, run_id, step, visit, generation) do update set status = excluded.status, title = excluded.title,
        waiting_for = excluded.waiting_for, detail = step.detail || excluded.detail, ended_at = excluded.ended_at, due_at = excluded.due_at
    ), left_positions as (
      delete from run_position where ${own} and step <> all(${[...branchSteps, currentStep ?? '']}::text[])
    )
    update run set turn = ${turn}, generation = ${generation}, status = ${advanced.status}, waiting_for = ${waitingFor(advanced)},
      current_step = ${currentStep}, next_due_at = ${advanced.dueAt}, open = ${JSON.stringify(advanced.actions)}::jsonb,
      outcome = ${advanced.ended?.outcome ?? null}, reason = ${advanced.ended?.reason ?? null},
      ended_at = ${advanced.ended ? now : null}, updated_at = ${now}, rev = rev + 1,
      temporal_run_id = coalesce(${record.temporalRunId}, temporal_run_id)
    where workspace_id = ${run.workspace_id} and id = ${run.id}
    returning exists (select 1 from run_inbox where ${own} and consumed_turn is null and seq <> all(${consumed}))
      ${waits ? sql`or exists (select from enqueued)` : sql``} as more`.execute(kysely(tx));
  // After the trigger of the row, which takes away the step that the run itself has left: a branch may begin there.
  if (branchSteps.length > 0)
    await sql`
      insert into run_position (workspace_id, run_id, step)
      select ${run.workspace_id}::uuid, ${run.id}::uuid, unnest(${branchSteps}::text[]) on conflict do nothing`.execute(
      kysely(tx),
    );
  return rows[0]?.more ?? false;
}

/** The lines of a turn under the names of their columns. */
function linesOf({ advanced, now }: TurnRecord): JsonObject[] {
  return timelineLines(advanced.steps, now.toISOString()).map(
    ({ waitingFor: waits, startedAt, endedAt, dueAt, ...line }) => ({
      ...line,
      waiting_for: waits,
      started_at: startedAt,
      ended_at: endedAt,
      due_at: dueAt,
    }),
  );
}
