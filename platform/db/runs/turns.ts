import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { limits } from '../../../contracts/core/limits.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import { jsonRows, type JsonRow, type Reading } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';

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
  const { rows } = await sql<LockedRun & { is_joined: boolean }>`
    with person as materialized (
      select id from contact where workspace_id = ${workspaceId}
        and id = (select contact_id from run where workspace_id = ${workspaceId} and id = ${runId})
      for no key update
    )
    select run.*, clock_timestamp() as now, coalesce(person.id <> run.contact_id, run.contact_id is not null) as is_joined
    from run left join person on true
    where run.workspace_id = ${workspaceId} and run.id = ${runId} for no key update of run`.execute(kysely(tx));
  const [row] = rows;
  if (!row) return undefined;
  const { is_joined: isJoined, ...run } = row;
  // While it waited the contact was joined with another, whom the run is of now, or erased. Who has the other one's lock may wait for this run.
  if (isJoined)
    await sql`select from contact where workspace_id = ${workspaceId} and id = ${run.contact_id} for no key update nowait`.execute(
      kysely(tx),
    );
  return run;
}

/**
 * As `lockRun`, for the runs among `runIds` that can be locked at once with their contacts; nobody is waited for, so that many locks at once are in
 * nobody's way.
 */
export async function lockFreeRuns(tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<LockedRun[]> {
  const { rows } = await sql<LockedRun>`
    with person as materialized (
      select id from contact where workspace_id = ${workspaceId}
        and id in (select contact_id from run where workspace_id = ${workspaceId} and id = any(${runIds}::uuid[]))
      for no key update skip locked
    )
    select run.*, clock_timestamp() as now from run left join person on person.id = run.contact_id
    where run.workspace_id = ${workspaceId} and run.id = any(${runIds}::uuid[]) and (person.id is not null
      or not exists (select from contact where contact.workspace_id = run.workspace_id and contact.id = run.contact_id))
    for no key update of run skip locked`.execute(kysely(tx));
  return rows;
}

/** Whose row is read: a run's id and its turn, or the columns of a statement that have them. */
export type OfRun = { workspaceId: string; runId: string | RawBuilder<string>; turn: number | RawBuilder<number> };

/** The readings of one run. */
export function ofRun(run: RunRow): OfRun {
  return { workspaceId: run.workspace_id, runId: run.id, turn: run.turn };
}

/** The readings of each of several runs of one workspace: see `readOfEach`. */
export function ofEach(runs: readonly RunRow[]): { of: OfRun; each: RawBuilder<unknown> } {
  const [ids, turns] = [runs.map((run) => run.id), runs.map((run) => run.turn)];
  return {
    of: { workspaceId: runs[0]?.workspace_id ?? '', runId: sql`own.id`, turn: sql`own.turn` },
    each: sql`(select unnest(${ids}::uuid[]) as id, unnest(${turns}::int[]) as turn)`,
  };
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
export function isToStop(workspaceId: string, runId: string | RawBuilder<string>): RawBuilder<boolean> {
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

/** An action of a run; `key` as in `ActionInput`. */
export type ToAct = { runId: string; key: string };

/** Of which run something is read: its id, or the column of a statement that has it. */
export type RunToAct = { workspaceId: string; runId: string | RawBuilder<string> };

/**
 * Reads runs of one workspace, and what else is asked for of each, to do actions of theirs. Holds them, in the order of their ids, so that what
 * follows in the transaction is there when their contacts are erased. @returns what was found, in the order of `all`; undefined where the workspace has no such run
 */
export async function holdToAct<Facts>(
  tx: Tx,
  { workspaceId, all }: { workspaceId: string; all: readonly ToAct[] },
  factsOf: (run: RunToAct) => Reading<Facts>,
): Promise<(ActingRun<Facts> | undefined)[]> {
  const runId = sql<string>`run.id`;
  const facts = factsOf({ workspaceId, runId });
  const ids = all.map((each) => each.runId);
  const read = sql<RunRow & { at: number; isNewer: boolean; isAnswered: boolean; isToStop: boolean; facts: JsonRow[] }>`
    select run.*, mine.at::int, (select seen.xmin from run seen where seen.workspace_id = ${workspaceId} and seen.id = run.id) <> run.xmin as "isNewer", ${isToStop(workspaceId, runId)} as "isToStop", exists (
        select from run_inbox where workspace_id = ${workspaceId} and run_id = run.id and kind in (${ACTION_DONE}, 'failed') and ref = mine.key
      ) as "isAnswered", ${jsonRows(facts.query)} as facts
    from unnest(${ids}::uuid[], ${all.map(({ key }) => key)}::text[]) with ordinality as mine (run_id, key, at)
    join run on run.workspace_id = ${workspaceId} and run.id = mine.run_id
    order by run.id for key share of run`;
  let { rows } = await read.execute(kysely(tx));
  // What is read beside a run that was waited for is of before, when its contact may have been joined with another. It is held now.
  if (rows.some(({ isNewer }) => isNewer)) ({ rows } = await read.execute(kysely(tx)));
  const found = new Map(rows.map((row) => [row.at, row]));
  return all.map((_, index) => {
    const row = found.get(index + 1);
    return row && { run: row, isAnswered: row.isAnswered, isToStop: row.isToStop, facts: facts.from(row.facts) };
  });
}

/** A message as it was noted. */
export type Unread = MailboxItem & { ref: string };

/**
 * The unread rows in their order, at most `limits.mailboxRowsPerTurn`, those first that say how a run goes on which can take no others.
 * `ref` is as it was noted.
 */
export function unreadMessages({ workspaceId, runId }: OfRun): Reading<Unread[]> {
  return {
    query: sql`
      select seq, kind, ref, payload, at from run_inbox
      where workspace_id = ${workspaceId} and run_id = ${runId} and consumed_turn is null
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

/** The state stored with a turn; null where it was never made. */
export function stateOfTurn({ workspaceId, runId, turn }: OfRun): Reading<JsonObject | null> {
  return {
    query: sql`select state from run_turn where workspace_id = ${workspaceId} and run_id = ${runId} and turn = ${turn}`,
    from: ([row]) => (row?.['state'] ?? null) as JsonObject | null,
  };
}

/** The state that a run goes on from: null before its first turn alone. @throws Error where its turn is lost */
export function knownState(run: RunRow, turn: number, state: JsonObject | null): JsonObject | null {
  if (turn > 0 && state === null) throw new Error(`Run ${run.id} has no turn ${turn}`);
  return state;
}

/** Notes the execution that works the run: after a reset or a restart made elsewhere it is a newer one. */
export async function adoptExecution(tx: Tx, run: RunRow, temporalRunId: string): Promise<void> {
  await sql`update run set temporal_run_id = ${temporalRunId} where workspace_id = ${run.workspace_id} and id = ${run.id}`.execute(
    kysely(tx),
  );
}
