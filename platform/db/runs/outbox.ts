import { sql } from 'kysely';
import { openIncident } from './incidents.ts';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction } from '../core/workspace.ts';

/** The outbox is split by a hash of the run id; one dispatcher at a time holds a partition. */
export const outboxPartitions = 16;

/**
 * One run with outbox rows: start it or wake it, which is the same call. A live one may need a new execution in place of one that is over;
 * one that has ended is woken only so that its execution ends, too.
 */
export type WakeUp = {
  workspaceId: string;
  runId: string;
  workflowId: string;
  workflowType: string;
  isLive: boolean;
  ids: string[];
  failures: number;
  unfinished: number;
};

/**
 * Rows called this often without any outcome (the caller died each time) are parked: something about them crashes callers.
 */
const maxUnfinished = 3;

/** Seconds until a wake-up is called again whose call failed, or whose caller has said nothing. */
const longestPause = 10;
const isDue = hasCome('available_at', longestPause);

/** The wake-ups that are due in `partitions`, rows of one run in one, oldest first. */
export async function dueWakeUps(db: Db, partitions: number[], limit: number): Promise<WakeUp[]> {
  const { rows } = await sql<WakeUp>`
    select workspace_id as "workspaceId", run_id as "runId", workflow_id as "workflowId", min(workflow_type) as "workflowType",
      exists (select 1 from run where run.workspace_id = due.workspace_id and run.id = due.run_id and ended_at is null) as "isLive",
      array_agg(id::text) as ids, max(failures)::int as failures, max(unfinished)::int as unfinished
    from (select * from outbox where partition = any(${partitions}::int[]) and parked_at is null and ${isDue} order by available_at, id limit ${limit}) due
    group by workspace_id, run_id, workflow_id order by min(id)`.execute(kysely(db));
  return rows;
}

/**
 * Marks a wake-up as called, right before its call; it comes again ten seconds later should nobody say how it ended.
 * @returns it with the rows that are this caller's, null where another has taken them
 */
export async function beginWakeUp(db: Db, wakeUp: WakeUp): Promise<WakeUp | null> {
  const { rows } = await sql<{ id: string }>`
    update outbox set unfinished = unfinished + 1, available_at = now() + make_interval(secs => ${longestPause})
    where id = any(${wakeUp.ids}::bigint[]) and parked_at is null and ${isDue} returning id::text as id`.execute(
    kysely(db),
  );
  return rows.length === 0 ? null : { ...wakeUp, ids: rows.map((row) => row.id) };
}

/** Removes rows whose call succeeded; rows of the same run that came since stay. */
export async function finishWakeUp(db: Db, wakeUp: WakeUp): Promise<void> {
  await sql`delete from outbox where id = any(${wakeUp.ids}::bigint[])`.execute(kysely(db));
}

/** Puts rows back after a transient failure: 0.2 s doubling to 10 s, without an end. */
export async function postponeWakeUp(db: Db, wakeUp: WakeUp, error: string): Promise<void> {
  const delaySeconds = Math.min(longestPause, 0.2 * 2 ** Math.min(wakeUp.failures, 6));
  await sql`update outbox set failures = failures + 1, unfinished = 0, error = ${error.slice(0, 500)},
    available_at = now() + make_interval(secs => ${delaySeconds}) where id = any(${wakeUp.ids}::bigint[])`.execute(
    kysely(db),
  );
}

/**
 * What is known of a wake-up: `sound`; `suspect`, its caller died once, beside others or for another reason; `poison`, its callers died again
 * and again, also when they called nothing else.
 */
export function verdictOf({ unfinished }: WakeUp): 'sound' | 'suspect' | 'poison' {
  if (unfinished === 0) return 'sound';
  return unfinished < maxUnfinished ? 'suspect' : 'poison';
}

/** Takes rows out of dispatch, so that they block no other run, and opens the incident that reports it: both or neither. */
export async function parkWakeUp(db: Db, wakeUp: WakeUp, error: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`update outbox set parked_at = now(), error = ${error.slice(0, 500)} where id = any(${wakeUp.ids}::bigint[])`.execute(
      kysely(tx),
    );
    const message = `The run cannot be started or woken: ${error}`;
    await openIncident(tx, { ...wakeUp, kind: 'outbox.parked', message });
  });
}
