import { type RawBuilder, sql } from 'kysely';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import { mayHaveHappened } from '../../runs/effects.ts';

/** A page of a run's turns, newest first, below `before`, each with the steps that began or ended in it. */
export async function listTurns(
  tx: Tx,
  page: { workspaceId: string; runId: string; before: number | null; limit: number },
) {
  const { rows } = await sql<TurnRow>`
    with page as (
      select t.turn, t.generation, t.at, (select b.at from run_turn b where b.workspace_id = t.workspace_id and b.run_id = t.run_id
        and b.turn < t.turn order by b.turn desc limit 1) as since
      from run_turn t where t.workspace_id = ${page.workspaceId} and t.run_id = ${page.runId}
        ${page.before === null ? sql`` : sql`and t.turn < ${page.before}`}
      order by t.turn desc limit ${sql.lit(page.limit + 1)})
    select page.turn, page.generation, page.at, coalesce((
      select jsonb_agg(jsonb_build_object('step', s.step, 'visit', s.visit, 'title', s.title, 'ended', coalesce(${isWithin(sql`s.ended_at`)}, false)) order by s.seq)
      from step s where s.workspace_id = ${page.workspaceId} and s.run_id = ${page.runId} and s.generation <= page.generation
        and (${isWithin(sql`s.started_at`)} or ${isWithin(sql`s.ended_at`)})), '[]') as steps
    from page order by page.turn desc`.execute(kysely(tx));
  return rows;
}

/** A turn with the steps that changed in it. */
export type TurnRow = {
  turn: number;
  generation: number;
  at: Date;
  steps: { step: string; visit: number; title: string; ended: boolean }[];
};

/**
 * A turn's row has the instant at which the turn looked; its steps have those of what it received, since the turn before.
 */
function isWithin(at: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(${at} <= page.at and (page.since is null or ${at} > page.since))`;
}

/**
 * What a run did outside, or was refused, and how many of its gates were decided, after a turn; 0 is its beginning. What was refused is left
 * out where it was asked for again, and where a later visit of its step has done it; mails about gates are of their gates.
 */
export async function doneSince(tx: Tx, run: { workspace_id: string; id: string }, turn: number) {
  const since = sql`coalesce((select at from run_turn where workspace_id = ${run.workspace_id} and run_id = ${run.id} and turn = ${turn}), '-infinity')`;
  const { rows } = await sql<{ id: string; kind: string; mode: string; wasRefused: boolean; title: string; at: Date }>`
    select f.id, f.kind, f.mode, f.state in ('rejected', 'suppressed') as "wasRefused", coalesce(f.settled_at, f.handed_off_at, f.planned_at) as at, coalesce((select s.title from step s
      where s.workspace_id = f.workspace_id and s.run_id = f.run_id and s.step = f.step order by s.seq limit 1), f.step) as title
    from effect f where f.workspace_id = ${run.workspace_id} and f.run_id = ${run.id} and f.planned_at > ${since}
      and not f.request ? 'gate' and (f.state = any(${mayHaveHappened})
        or (f.state in ('rejected', 'suppressed') and not exists (select from effect later
          where later.workspace_id = f.workspace_id and later.run_id = f.run_id and later.step = f.step and later.kind = f.kind and later.id > f.id
            and not later.request ? 'gate' and (later.visit = f.visit or (later.visit > f.visit and later.state = any(${mayHaveHappened}))))))
    order by f.id limit 500`.execute(kysely(tx));
  const decided = await sql<{ n: number }>`
    select count(*)::int as n from gate where workspace_id = ${run.workspace_id} and run_id = ${run.id}
      and status in ('decided', 'expired') and decided_at > ${since}`.execute(kysely(tx));
  return { effects: rows, decisions: decided.rows[0]?.n ?? 0 };
}
