import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { JsonObject, MailboxItem, WaitSpec } from '../../../contracts/core/machine.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** A run that may listen to its contact's events. */
type Listener = Pick<Selectable<Database['run']>, 'workspace_id' | 'id' | 'contact_id' | 'turn'>;

/** What a run's machine listens to. */
export type Listening = { run: Listener; open: WaitSpec[]; isEnded: boolean };

/**
 * The parts of a statement that make the waits of runs of one workspace match what their machines listen to, each with its key, and enqueue each
 * stored event that a *new* wait has missed, as rows of `enqueued`: one received since `from`, by the database's clock. One whose deadline has
 * moved is as new, and each event reaches it once all the same. The contacts' rows must have been locked by an earlier statement, as event intake
 * locks them too, so that neither can miss the other. A run that has ended receives nothing any more: what still counts as its goal is not
 * enqueued, and is waited for until it can be reported no more. Undefined where there is nothing to match.
 */
export function matchedWaits(workspaceId: string, runs: readonly Listening[]): RawBuilder<unknown> | undefined {
  // Before its first turn a run listens to nothing.
  const listening = runs.filter(({ run, open }) => run.contact_id !== null && (open.length > 0 || run.turn > 0));
  if (listening.length === 0) return undefined;
  const runIds = listening.map(({ run }) => run.id);
  const specs = JSON.stringify(
    listening.flatMap(({ run, open }) =>
      open.map((wait) => ({
        ...wait,
        run_id: run.id,
        contact_id: run.contact_id,
        event_name: wait.eventName,
        wait_from: wait.from,
        due_at: wait.dueAt,
        after_occurred: wait.after?.occurredAt,
        after_received: wait.after?.receivedAt,
      })),
    ),
  );
  const ended = listening.filter(({ isEnded }) => isEnded).map(({ run }) => run.id);
  // Several of a visit on one event: see the migration 0024. What goes has gone before anything comes, as some of it may be unique together.
  // The events of each wait by themselves: a plan for one wait serves a thousand, too.
  return sql`
    wanted as materialized (
      select w.run_id, w.contact_id, w.step, w.visit, w.event_name, w.key, w.due_at, w.wait_from, w.after_occurred, w.after_received,
        case when count(*) over (partition by w.run_id, w.step, w.visit, w.purpose, w.event_name) = 1 then w.purpose end as purpose
      from jsonb_to_recordset(${specs}::jsonb) as w(run_id uuid, contact_id uuid, step text, visit int, event_name text, key text, purpose text,
        due_at timestamptz, wait_from timestamptz, after_occurred timestamptz, after_received timestamptz)
    ), gone as (
      delete from wait where workspace_id = ${workspaceId} and run_id = any(${runIds}::uuid[]) and not exists (
        select from wanted w where (w.run_id, w.step, w.visit, w.event_name, coalesce(w.purpose, 'wait'))
            = (wait.run_id, wait.step, wait.visit, wait.event_name, coalesce(wait.purpose, 'wait'))
          and w.key is not distinct from wait.key)
      returning 1
    ), added as (
      insert into wait (workspace_id, run_id, contact_id, event_name, key, step, visit, purpose, wait_from, after_occurred, after_received, due_at)
      select ${workspaceId}::uuid, w.run_id, w.contact_id, w.event_name, w.key, w.step, w.visit, w.purpose, w.wait_from,
        w.after_occurred, w.after_received, w.due_at
      from (select count(*) from gone) before cross join wanted w
      on conflict (workspace_id, run_id, step, visit, coalesce(purpose, 'wait'), event_name, md5(key)) do update set due_at = excluded.due_at
        where wait.due_at is distinct from excluded.due_at
      returning *
    ), enqueued as (
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select a.workspace_id, a.run_id, 'event', event_ref((found.e).id, a.step, a.visit, a.purpose), event_payload(found.e, a)
      from added a cross join lateral (
        select e from event e where e.workspace_id = a.workspace_id and e.contact_id = a.contact_id and e.name = a.event_name
          and (a.key is null or e.key = a.key) and ${isInTime('a')} offset 0) found
      where a.run_id <> all(${ended}::uuid[])
      order by (found.e).received_at, ${reachOrder('a')}
      on conflict (workspace_id, run_id, kind, ref) do nothing
      returning run_id, seq
    )`;
}

/**
 * Lets a run that goes back behind a turn listen anew: the turn enqueues what was stored since once more, for each wait when it opens. What an
 * earlier visit received of that name would stand in the way.
 */
export async function listenAnew(tx: Tx, run: Listener, turn: number): Promise<void> {
  const own = sql`workspace_id = ${run.workspace_id} and run_id = ${run.id}`;
  await sql`delete from wait where ${own}`.execute(kysely(tx));
  await sql`delete from run_inbox where ${own} and kind = 'event' and coalesce(consumed_turn > ${turn}, true)`.execute(
    kysely(tx),
  );
}

/** Whether an event is one of those that a wait asks for by when they happened. */
function isInTime(wait: 'a' | 'w'): RawBuilder<unknown> {
  const of = (column: string): RawBuilder<unknown> => sql.ref(`${wait}.${column}`);
  return sql`e.received_at >= ${of('wait_from')} and not e.is_history
    and (${of('after_occurred')} is null or (e.occurred_at, e.received_at) > (${of('after_occurred')}, ${of('after_received')}))`;
}

/** One event reaches the goal before it ends the run, and ends it before a step receives it. */
function reachOrder(wait: 'a' | 'w'): RawBuilder<unknown> {
  return sql`array_position(array['goal', 'exit'], ${sql.ref(`${wait}.purpose`)})`;
}

/**
 * A statement that puts events that were just stored, the rows of `events`, in the mailbox of every run of their contacts that listens for them,
 * in the order in which they were received. The contacts' rows must have been locked by an earlier statement. Returns `run_id`, and the caller
 * wakes those.
 */
export function hearing(events: RawBuilder<unknown>): RawBuilder<{ run_id: string }> {
  return sql`
    insert into run_inbox (workspace_id, run_id, kind, ref, payload)
    select e.workspace_id, w.run_id, 'event', event_ref(e.id, w.step, w.visit, w.purpose), event_payload(e, w)
    from ${events} e join wait w on w.workspace_id = e.workspace_id and w.contact_id = e.contact_id and w.event_name = e.name
      and (w.key is null or w.key = e.key)
    join run r on r.workspace_id = w.workspace_id and r.id = w.run_id and r.ended_at is null
    where ${isInTime('w')}
    order by e.received_at, ${reachOrder('w')}
    on conflict (workspace_id, run_id, kind, ref) do nothing
    returning run_id`;
}

/**
 * Puts what was stored already in the mailboxes of the live runs of a locked contact that listen for it, each event once: it, or the run, was another
 * contact's until now. @returns the ended runs whose goal one of their events may be
 */
export async function receiveStored(tx: Tx, workspaceId: string, contactId: string): Promise<string[]> {
  const theirs = sql`(select * from event where workspace_id = ${workspaceId} and contact_id = ${contactId} and name in (
    select event_name from wait where workspace_id = ${workspaceId} and contact_id = ${contactId}))`;
  await hearing(theirs).execute(kysely(tx));
  const { rows } = await sql<{ run_id: string }>`${endedRunsMeant(theirs)}`.execute(kysely(tx));
  return rows.map(({ run_id: runId }) => runId);
}

/** The ended runs, as `run_id`, whose goal one of these events, just stored, may be. */
export function endedRunsMeant(events: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select distinct w.run_id from ${events} e
    join wait w on w.workspace_id = e.workspace_id and w.contact_id = e.contact_id and w.event_name = e.name and w.purpose = 'goal'
      and (w.key is null or w.key = e.key)
    join run r on r.workspace_id = w.workspace_id and r.id = w.run_id and r.ended_at is not null
    where ${isInTime('w')}`;
}

/** The stored events that a run's wait for its goal asks for, as messages in the order in which they were received. */
export async function eventsForGoal(tx: Tx, workspaceId: string, runId: string): Promise<MailboxItem[]> {
  const { rows } = await sql<{ ref: string; payload: JsonObject; at: Date }>`
    select event_ref(e.id, w.step, w.visit, w.purpose) as ref, event_payload(e, w) as payload, e.received_at as at
    from wait w join event e on e.workspace_id = w.workspace_id and e.contact_id = w.contact_id and e.name = w.event_name
      and (w.key is null or w.key = e.key)
    where w.workspace_id = ${workspaceId} and w.run_id = ${runId} and w.purpose = 'goal' and ${isInTime('w')}
    order by e.received_at`.execute(kysely(tx));
  return rows.map(({ at, ...row }, seq) => ({ ...row, seq, kind: 'event', at: at.toISOString() }));
}

/** Ended runs whose goals are given up in one pass. */
const GIVEN_UP = 1_000;

/** Forgets the goals of ended runs that no event can reach any more. @returns how many */
export async function sweepGoals(db: Db): Promise<number> {
  const result = await sql`
    delete from wait where id in (
      select w.id from wait w join run r on r.workspace_id = w.workspace_id and r.id = w.run_id and r.ended_at is not null
      where w.purpose = 'goal' and w.due_at < now() limit ${GIVEN_UP})`.execute(kysely(db));
  return Number(result.numAffectedRows ?? 0n);
}
