import type { MailDelivery } from '../../../../contracts/runs/effects-api.schema.ts';
import { deliveryOf } from './mail-delivery.ts';
import { type RawBuilder, sql } from 'kysely';
import { calledName } from '../../contacts/contact-name.ts';
import type { EffectRow } from '../../runs/effects.ts';
import { isAskedFor, isTriedAgain, needsSettings } from '../../runs/incidents.ts';
import { maxWakes } from '../../runs/silent-runs.ts';
import { subjectOfRun } from '../../runs/run-subject.ts';
import { journeyCalled, matches, type RunFilter } from './run-filter.ts';
import type { RunRow } from '../../runs/turns.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';

/** A run with what a list says beside its row. */
export type ListedRun = RunRow & {
  external_id: string | null;
  contact_name: string | null;
  subject: Record<string, unknown> | null;
  step_title: string | null;
  step_since: Date | null;
  step_due_at: Date | null;
  attempts: number;
  effect_cost: string;
  trouble: { kind: string; message: string; since: string } | null;
};

/** Where a page begins: below an id, or behind the instant at which what a run stands at is due (null: among those without one) and id. */
export type RunPage = { sort: 'newest'; before: string | null } | { sort: 'due'; after: DuePlace | null };
type DuePlace = { dueAt: string | null; id: string };

/** A page of runs; one more than `limit` shows that there is a next page. */
export async function listRuns(tx: Tx, filter: RunFilter, page: RunPage, limit: number): Promise<ListedRun[]> {
  const most = sql.lit(limit + 1);
  const newest =
    page.sort === 'newest' ? newestFirst(filter, page.before, most) : await dueFirst(tx, filter, page.after, limit);
  const order = page.sort === 'newest' ? sql`order by r.id desc` : sql`order by ${stepDueAt(sql`r`)} nulls last, r.id`;
  const { rows } = await sql<ListedRun>`
    with page as (${newest}) select r.*, ${runColumns} from page r ${joinStep(sql`r`)} ${order} limit ${most}`.execute(
    kysely(tx),
  );
  return rows;
}

/** The newest runs of a page; those at a step of a journey by where runs stand, one by one until they are enough. */
function newestFirst(filter: RunFilter, before: string | null, most: Sql): Sql {
  const { workspaceId, journey, step } = filter;
  if (journey === null || step === null)
    return sql`select r.* from run r where ${matches(filter)} ${before === null ? sql`` : sql`and r.id < ${before}`} order by r.id desc limit ${most}`;
  return sql`select r.* from (select run_id from run_position where workspace_id = ${workspaceId} and subject_id = ${journeyCalled(workspaceId, journey)}
      and step = ${step} ${before === null ? sql`` : sql`and run_id < ${before}`} order by run_id desc offset 0) p
    cross join lateral (select * from run where workspace_id = ${workspaceId} and id = p.run_id offset 0) r
    where ${matches({ ...filter, step: null, state: filter.state ?? 'live' })} order by p.run_id desc limit ${most}`;
}

/** The ids of the next runs that a filter leaves, newest first below `before`; with `ids` of those alone. */
export async function runIdsOf(
  tx: Tx,
  filter: RunFilter,
  page: { ids: readonly string[] | null; before: string | null; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from run r where ${matches(filter)} and (${page.ids === null} or r.id = any(${page.ids ?? []}::uuid[]))
      and (${page.before}::uuid is null or r.id < ${page.before}::uuid)
    order by r.id desc limit ${page.limit}`.execute(kysely(tx));
  return rows.map(({ id }) => id);
}

/** One run; undefined where the workspace has none with that id. */
export async function findRun(tx: Tx, workspaceId: string, id: string): Promise<ListedRun | undefined> {
  const { rows } = await sql<ListedRun>`
    select r.*, ${runColumns} from run r ${joinStep(sql`r`)} where r.workspace_id = ${workspaceId} and r.id = ${id}`.execute(
    kysely(tx),
  );
  return rows[0];
}

type Sql = RawBuilder<unknown>;

/**
 * The runs of a page in the order of what is shown of them: when what they stand at is due, which is never before they are woken. So those that are
 * woken first are looked at, twice as many as are asked for, and then all that are woken before enough of them are due.
 */
async function dueFirst(tx: Tx, filter: RunFilter, after: DuePlace | null, limit: number): Promise<Sql> {
  const most = sql.lit(limit + 1);
  const due = stepDueAt(sql`r`);
  const isBehind = after !== null && after.dueAt === null ? sql`and r.id > ${after.id}` : sql``;
  // In the order of an index each: live ones without an instant, and those that have ended, which have none.
  const parts = [];
  if (mayBe(filter, 'live'))
    parts.push(sql`(select r.* from run r where ${matches(filter)} and r.ended_at is null and r.next_due_at is null ${isBehind}
      order by r.next_due_at, r.id limit ${most})`);
  if (mayBe(filter, 'ended'))
    parts.push(
      sql`(select r.* from run r where ${matches(filter)} and r.ended_at is not null ${isBehind} order by r.id limit ${most})`,
    );
  if (parts.length === 0) return sql`select r.* from run r where false`;
  const without = sql`(select * from (${sql.join(parts, sql` union all `)}) r order by r.id limit ${most})`;
  if (!mayBe(filter, 'live') || (after !== null && after.dueAt === null)) return without;
  const isAfter = (at: Sql): Sql =>
    after === null ? sql`true` : sql`(${at}, r.id) > (${after.dueAt}::timestamptz, ${after.id})`;
  const woken = sql`${matches(filter)} and r.ended_at is null and r.next_due_at is not null`;
  // Asked for by itself: as a value it is a bound of the index, which the result of a part of the statement is not under row-level security.
  const { rows } = await sql<{ due: Date }>`
    select f.due from (select ${due} as due from run r ${joinStep(sql`r`)}
      where ${woken} and ${isAfter(sql`r.next_due_at`)} order by r.next_due_at, r.id limit ${sql.lit(2 * (limit + 1))}) f
    order by f.due offset ${sql.lit(limit)} limit 1`.execute(kysely(tx));
  const [enough] = rows;
  // An instant is read to the millisecond.
  const until = enough ? new Date(enough.due.getTime() + 1).toISOString() : 'infinity';
  return sql`(select r.* from run r ${joinStep(sql`r`)}
      where ${woken} and ${isAfter(due)} and r.next_due_at <= ${until}::timestamptz order by ${due}, r.id limit ${most})
    union all ${without}`;
}

/** Whether runs that a filter leaves may be alive, or have ended. */
function mayBe({ state, status, waitingFor, step }: RunFilter, wanted: 'live' | 'ended'): boolean {
  if (wanted === 'live') return state !== 'ended' && (status === null || !finalStatuses.includes(status));
  return (
    (state === null || state === 'ended') &&
    waitingFor === null &&
    step === null &&
    (status === null || finalStatuses.includes(status))
  );
}

/** A run that has ended is in one of these. */
const finalStatuses = ['completed', 'exited', 'failed', 'cancelled', 'terminated'];

/** Whom the run `r` is about, and what. */
export const aboutRun = sql`
  (select c.external_id from contact c where c.workspace_id = r.workspace_id and c.id = r.contact_id) as external_id,
  (select ${calledName(sql`c.attributes`)} from contact c where c.workspace_id = r.workspace_id and c.id = r.contact_id) as contact_name,
  ${subjectOfRun} as subject`;

/** Joins where a run stands, as `here`: the title of the step, since when, and when it is due. */
export function joinStep(run: Sql): Sql {
  return sql`left join lateral (select s.title, s.started_at, s.due_at from step s
    where s.workspace_id = ${run}.workspace_id and s.run_id = ${run}.id and s.step = ${run}.current_step order by s.seq desc limit 1) here on true`;
}

/**
 * When what a run stands at is due, by `joinStep`; null where nothing is. The run itself may be woken before that: by the end of a payment link
 * that gets a successor, say.
 */
export function stepDueAt(run: Sql): Sql {
  return sql`case when ${run}.next_due_at is not null then greatest(${run}.next_due_at, here.due_at) end`;
}

/** What of a live run needs a person, as a list shows it; null where nothing does. An incident comes first. */
export function troubleOf(run: Sql): RawBuilder<ListedRun['trouble']> {
  return sql<ListedRun['trouble']>`case when ${run}.ended_at is null then coalesce(
    (select jsonb_build_object('kind', 'incident', 'message', i.message, 'since', ${iso(sql`i.opened_at`)}) from incident i
      where i.workspace_id = ${run}.workspace_id and i.run_id = ${run}.id and i.state = 'open' order by i.opened_at limit 1),
    (select jsonb_build_object('kind', 'incident', 'message', 'It was woken again and again and does not move', 'since', ${iso(sql`w.woken_at`)}) from silent_run w
      where w.workspace_id = ${run}.workspace_id and w.run_id = ${run}.id and w.wakes >= ${sql.lit(maxWakes)}),
    (select jsonb_build_object('kind', case f.state when 'unknown' then 'unknownEffect' else 'retrying' end,
        'message', coalesce(f.error ->> 'message', ''), 'since', ${iso(sql`coalesce(f.handed_off_at, f.planned_at)`)}) from effect f
      where f.workspace_id = ${run}.workspace_id and f.run_id = ${run}.id and (f.state = 'unknown'
        or (${isTriedAgain(sql`f`)} or ${needsSettings(sql`f`)}) and ${isAskedFor(sql`f`, run)}) order by f.id limit 1)) end`;
}

/** What a list says of a run beside its row, each by an index of its own. */
const runColumns = sql`${aboutRun},
  here.title as step_title, here.started_at as step_since, ${stepDueAt(sql`r`)} as step_due_at,
  (select coalesce(max(f.attempt), 0) from effect f where f.workspace_id = r.workspace_id and f.run_id = r.id) as attempts,
  coalesce((select b.spent_micros from batch b where b.workspace_id = r.workspace_id and b.run_id = r.id),
    (select sum(f.cost_micros) from effect f where f.workspace_id = r.workspace_id and f.run_id = r.id), 0)::text as effect_cost,
  ${troubleOf(sql`r`)} as trouble`;

function iso(at: Sql): Sql {
  return sql`to_char(${at} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** The machine's state after the run's last turn; empty before the first, and once its contact has been erased. */
export async function factsOf(tx: Tx, run: RunRow): Promise<Record<string, unknown>> {
  const row = await kysely(tx)
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
  return kysely(tx)
    .selectFrom('wait')
    .select(['event_name', 'key', 'step', 'due_at', sql<string>`coalesce(purpose, 'wait')`.as('purpose')])
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .orderBy('id')
    .execute();
}

/** The ids of a run's open gates. */
export async function openGatesOf(tx: Tx, run: { workspace_id: string; id: string }): Promise<string[]> {
  const rows = await kysely(tx)
    .selectFrom('gate')
    .select('id')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'open')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** How many messages the run has not taken in yet. */
export async function unreadCount(tx: Tx, run: { workspace_id: string; id: string }): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from run_inbox where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn is null`.execute(
    kysely(tx),
  );
  return rows[0]?.n ?? 0;
}

/** A page of a run's timeline, oldest first, above `after`. */
export async function listSteps(
  tx: Tx,
  page: { workspaceId: string; runId: string; after: string | null; limit: number },
) {
  let query = kysely(tx)
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

/** The effects of the given steps of a run with what was reported of their mails, in the order in which they were planned. */
export async function effectsOfSteps(
  tx: Tx,
  of: { workspaceId: string; runId: string; steps: string[] },
): Promise<(EffectRow & { delivery: MailDelivery | null })[]> {
  if (of.steps.length === 0) return [];
  return kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .select(deliveryOf(sql`effect`).as('delivery'))
    .where('workspace_id', '=', of.workspaceId)
    .where('run_id', '=', of.runId)
    .where('step', 'in', of.steps)
    .orderBy('id')
    .execute();
}

/** Whether the run has made a turn with that number; 0 is its beginning. */
export async function hasTurn(tx: Tx, run: { workspace_id: string; id: string }, turn: number): Promise<boolean> {
  if (turn === 0) return true;
  const row = await kysely(tx)
    .selectFrom('run_turn')
    .select('turn')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('turn', '=', turn)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a journey's run ended with that turn: there is nothing to go on from. */
export async function endsWithTurn(tx: Tx, run: { workspace_id: string; id: string }, turn: number): Promise<boolean> {
  const { rows } = await sql`select from run_turn where workspace_id = ${run.workspace_id} and run_id = ${run.id}
    and turn = ${turn} and state ->> 'end' is not null`.execute(kysely(tx));
  return rows.length > 0;
}
