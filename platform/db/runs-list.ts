import { sql } from 'kysely';
import type { EffectRow } from './effects.ts';
import type { RunRow } from './turns.ts';
import type { Tx } from './workspace.ts';

/** What a list shows of a run. */
const listed = [
  'run.id',
  'run.kind',
  'run.title',
  'run.status',
  'run.waiting_for',
  'run.current_step',
  'run.next_due_at',
  'run.outcome',
  'run.reason',
  'run.contact_id',
  'run.rev',
  'run.started_at',
  'run.updated_at',
  'run.ended_at',
] as const;

/** A run as a list shows it, with the external id of its contact. */
export type RunSummary = Pick<RunRow, Unqualified<(typeof listed)[number]>> & { external_id: string | null };

/** A run with the external id of its contact. */
export type ListedRun = RunRow & { external_id: string | null };

type Unqualified<Name> = Name extends `run.${infer Column}` ? Column : never;

/** Which runs a list shows; null filters nothing. `contact` is an external id, `journey` a slug. */
export type RunFilter = {
  workspaceId: string;
  kind: string | null;
  status: string | null;
  waitingFor: string | null;
  contact: string | null;
  journey: string | null;
  before: string | null;
  limit: number;
};

/** A page of runs, newest first, below `before`; one more than `limit` tells that there is a next page. */
export async function listRuns(tx: Tx, filter: RunFilter): Promise<RunSummary[]> {
  let query = runs(tx).select(listed).where('run.workspace_id', '=', filter.workspaceId);
  if (filter.kind !== null) query = query.where('run.kind', '=', filter.kind);
  if (filter.status !== null) query = query.where('run.status', '=', filter.status);
  if (filter.waitingFor !== null) query = query.where('run.waiting_for', '=', filter.waitingFor);
  if (filter.before !== null) query = query.where('run.id', '<', filter.before);
  if (filter.contact !== null) {
    query = query.where('run.contact_id', '=', (eb) =>
      eb
        .selectFrom('contact')
        .select('contact.id')
        .where('contact.workspace_id', '=', filter.workspaceId)
        .where('contact.external_id', '=', filter.contact),
    );
  }
  if (filter.journey !== null) {
    query = query.where(
      sql<boolean>`run.subject_id in (
        select id from journey where workspace_id = ${filter.workspaceId} and slug = ${filter.journey}
        union all select v.id from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
        where j.workspace_id = ${filter.workspaceId} and j.slug = ${filter.journey})`,
    );
  }
  return query
    .orderBy('run.id', 'desc')
    .limit(sql.lit(filter.limit + 1))
    .execute();
}

/** One run; undefined where the workspace has none with that id. */
export async function findRun(tx: Tx, workspaceId: string, id: string): Promise<ListedRun | undefined> {
  return runs(tx)
    .selectAll('run')
    .where('run.workspace_id', '=', workspaceId)
    .where('run.id', '=', id)
    .executeTakeFirst();
}

function runs(tx: Tx) {
  return tx
    .selectFrom('run')
    .leftJoin('contact', (join) =>
      join.onRef('contact.workspace_id', '=', 'run.workspace_id').onRef('contact.id', '=', 'run.contact_id'),
    )
    .select('contact.external_id');
}

/** The machine's state after the run's last turn; empty before the first, and once its contact has been erased. */
export async function factsOf(tx: Tx, run: RunRow): Promise<Record<string, unknown>> {
  const row = await tx
    .selectFrom('run_turn')
    .select('state')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('turn', '=', run.turn)
    .executeTakeFirst();
  return row?.state ?? {};
}

/** What a run listens to. */
export async function waitsOf(tx: Tx, run: { workspace_id: string; id: string }) {
  return tx
    .selectFrom('wait')
    .select(['event_name', 'key', 'step', 'purpose', 'due_at'])
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .orderBy('id')
    .execute();
}

/** The ids of a run's open gates. */
export async function openGatesOf(tx: Tx, run: { workspace_id: string; id: string }): Promise<string[]> {
  const rows = await tx
    .selectFrom('gate')
    .select('id')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'open')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** How many inbox rows the run has not taken in yet. */
export async function unreadCount(tx: Tx, run: { workspace_id: string; id: string }): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from run_inbox where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn is null`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

/** A page of a run's timeline, oldest first, above `after`. */
export async function listSteps(
  tx: Tx,
  page: { workspaceId: string; runId: string; after: string | null; limit: number },
) {
  let query = tx
    .selectFrom('step')
    .selectAll()
    .where('workspace_id', '=', page.workspaceId)
    .where('run_id', '=', page.runId);
  if (page.after !== null) query = query.where('seq', '>', page.after);
  return query
    .orderBy('seq')
    .limit(page.limit + 1)
    .execute();
}

/** The effects of the given steps of a run, in the order in which they were planned. */
export async function effectsOfSteps(
  tx: Tx,
  of: { workspaceId: string; runId: string; steps: string[] },
): Promise<EffectRow[]> {
  if (of.steps.length === 0) return [];
  return tx
    .selectFrom('effect')
    .selectAll()
    .where('workspace_id', '=', of.workspaceId)
    .where('run_id', '=', of.runId)
    .where('step', 'in', of.steps)
    .orderBy('id')
    .execute();
}

/** Whether the run has made a turn with that number; 0 is its beginning. */
export async function hasTurn(tx: Tx, run: { workspace_id: string; id: string }, turn: number): Promise<boolean> {
  if (turn === 0) return true;
  const row = await tx
    .selectFrom('run_turn')
    .select('turn')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('turn', '=', turn)
    .executeTakeFirst();
  return row !== undefined;
}
