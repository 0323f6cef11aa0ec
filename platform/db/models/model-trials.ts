import { type Selectable, sql } from 'kysely';
import type { Database } from '../tables/tables.ts';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** The last trial of a model by a worker; it is due until a worker has ended it. */
export type TrialRow = Selectable<Database['model_trial']>;

/** A trial that this process has taken; `askedAt` tells it from a later one of the same model. */
export type TakenTrial = { workspaceId: string; model: string; askedAt: Date };

/** A worker that dies in a trial leaves it to another after this: longer than a trial may take. */
const leaseSeconds = 180;
/** A trial that no worker has begun in this time is not begun: nobody looks at it any more. */
const waitsSeconds = 600;

/** Asks for a trial, in the place of the one before. */
export async function askTrial(tx: Tx, workspaceId: string, model: string): Promise<TrialRow> {
  // A date of JavaScript has milliseconds.
  const asked = {
    asked_at: sql<Date>`date_trunc('milliseconds', now())`,
    due_at: sql<Date>`now()`,
    ended_at: null,
    is_usable: null,
    lines: [],
  };
  return kysely(tx)
    .insertInto('model_trial')
    .values({ workspace_id: workspaceId, model, ...asked })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'model']).doUpdateSet(asked))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The trials of a workspace's models, or that of one. */
export async function findTrials(tx: Tx, workspaceId: string, model?: string): Promise<TrialRow[]> {
  let query = kysely(tx).selectFrom('model_trial').selectAll().where('workspace_id', '=', workspaceId);
  if (model !== undefined) query = query.where('model', '=', model);
  return query.execute();
}

/** Takes trials that are due, of all workspaces, and puts each off, so that one of a worker that dies is made again. `db` is the system role's. */
export async function takeTrials(db: Db, limit: number): Promise<TakenTrial[]> {
  const { rows } = await sql<TakenTrial>`
    update model_trial set due_at = now() + make_interval(secs => ${leaseSeconds})
    where (workspace_id, model) in (
      select workspace_id, model from model_trial
      where due_at is not null and ${hasCome('due_at', leaseSeconds)} and asked_at > now() - make_interval(secs => ${waitsSeconds})
      order by due_at limit ${limit} for update skip locked)
    returning workspace_id as "workspaceId", model, asked_at as "askedAt"`.execute(kysely(db));
  return rows;
}

/** Notes what a trial has come to, unless another was asked for meanwhile. `db` is the system role's. */
export async function endTrial(
  db: Db,
  { workspaceId, model, askedAt }: TakenTrial,
  result: { isUsable: boolean; lines: string[] },
): Promise<void> {
  await kysely(db)
    .updateTable('model_trial')
    .set({ due_at: null, ended_at: sql`now()`, is_usable: result.isUsable, lines: result.lines })
    .where('workspace_id', '=', workspaceId)
    .where('model', '=', model)
    .where('asked_at', '=', askedAt)
    .execute();
}
