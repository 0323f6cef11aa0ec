import { type RawBuilder, type Selectable, sql } from 'kysely';
import { effectKinds } from '../../../contracts/core/effects.ts';
import { calledName } from '../contacts/contact-name.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { isIgnored, ownerOf } from '../incidents/owners.ts';
import { isAskedFor, isTriedAgain, needsSettings } from '../runs/incidents.ts';
import { maxWakes, silentKinds } from '../runs/silent-runs.ts';
import type { Database } from '../tables/tables.ts';

/** An incident's row, with who looks after it and whether it is ignored now. */
export type IncidentRow = Selectable<Database['incident']> & { owner_name: string | null; is_ignored: boolean };

/** Which incidents a list shows: the open ones, that are ignored, that are over; those of one run; those that a member looks after. */
export type IncidentFilter = {
  workspaceId: string;
  state: 'open' | 'ignored' | 'resolved' | null;
  runId: string | null;
  ownerId: string | null;
};

/** A page of incidents, newest first, below `before`. */
export async function listIncidents(
  tx: Tx,
  filter: IncidentFilter,
  page: { before: string | null; limit: number },
): Promise<IncidentRow[]> {
  const { workspaceId, state, runId, ownerId } = filter;
  const conditions = [sql`i.workspace_id = ${workspaceId}`];
  if (state !== null) conditions.push(states[state]);
  if (runId !== null) conditions.push(sql`i.run_id = ${runId}`);
  if (ownerId !== null) conditions.push(sql`i.owner_id = ${ownerId}`);
  if (page.before !== null) conditions.push(sql`i.id < ${page.before}`);
  return incidents(tx, sql`${sql.join(conditions, sql` and `)} order by i.id desc limit ${sql.lit(page.limit + 1)}`);
}

/** The predicates of indexes are literal. */
const states = {
  open: sql`i.state = 'open' and not ${isIgnored}`,
  ignored: isIgnored,
  resolved: sql`i.state = 'resolved'`,
};

/** One incident; undefined where the workspace has none with that id. */
export async function findIncident(tx: Tx, workspaceId: string, id: string): Promise<IncidentRow | undefined> {
  const [row] = await incidents(tx, sql`i.workspace_id = ${workspaceId} and i.id = ${id}`);
  return row;
}

async function incidents(tx: Tx, which: RawBuilder<unknown>): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`
    select i.*, ${ownerOf} as owner_id, ${isIgnored} as is_ignored,
      (select m.name from member m where m.workspace_id = i.workspace_id and m.id = i.owner_id and m.disabled_at is null) as owner_name
    from incident i where ${which}`.execute(kysely(tx));
  return rows;
}

/** How many incidents are open, are a member's among them (null: of none), and are ignored. */
export async function countIncidents(
  tx: Tx,
  workspaceId: string,
  memberId: string | null,
): Promise<{ open: number; mine: number; ignored: number }> {
  const { rows } = await sql<{ open: number; mine: number; ignored: number }>`
    select count(*) filter (where not ignored)::int as open,
      count(*) filter (where not ignored and owner_id = ${memberId}::uuid)::int as mine, count(*) filter (where ignored)::int as ignored
    from (select i.owner_id, ${isIgnored} as ignored from incident i where i.workspace_id = ${workspaceId} and i.state = 'open') as i`.execute(
    kysely(tx),
  );
  return rows[0] ?? { open: 0, mine: 0, ignored: 0 };
}

/** What was done about an incident, by whom: of its audit log what everybody may know who sees it. */
export type IncidentActRow = {
  id: string;
  at: Date;
  act: string;
  by: string | null;
  to: string | null;
  words: string | null;
};

/** What was done about an incident, the newest first; the last fifty acts. */
export async function actsOnIncident(tx: Tx, workspaceId: string, id: string): Promise<IncidentActRow[]> {
  const { rows } = await sql<IncidentActRow>`
    select a.id, a.at, a.act, ${actorName} as by, coalesce(a.detail ->> 'note', a.detail ->> 'reason') as words,
      (select m.name from member m where m.workspace_id = a.workspace_id and m.id = (a.detail ->> 'memberId')::uuid) as to
    from audit_entry a
    where a.workspace_id = ${workspaceId} and a.subject_kind = 'incident' and a.subject_id = ${id}
    order by a.id desc limit 50`.execute(kysely(tx));
  return rows;
}

const actorName = sql`case a.actor_kind
  when 'member' then (select m.name from member m where m.workspace_id = a.workspace_id and m.id = a.actor_id::uuid)
  when 'apiKey' then (select k.name from api_key k where k.workspace_id = a.workspace_id and k.id = a.actor_id::uuid) end`;

/** How an incident was resolved. */
export type IncidentEnd = { at: Date; by: string | null; note: string; message: string };

/** How a person resolved the last incident of the same kind; undefined where none did, or it ended by itself. */
export async function lastResolution(
  tx: Tx,
  { workspace_id, id, kind }: IncidentRow,
): Promise<IncidentEnd | undefined> {
  const { rows } = await sql<IncidentEnd>`
    select a.at, ${actorName} as by, a.detail ->> 'note' as note, i.message
    from incident i join audit_entry a on a.workspace_id = i.workspace_id and a.subject_id = i.id::text
    where i.workspace_id = ${workspace_id} and i.kind = ${kind} and i.state = 'resolved' and i.id <> ${id}
      and a.subject_kind = 'incident' and a.act = 'incident.resolved'
    order by a.id desc limit 1`.execute(kysely(tx));
  return rows[0];
}

/** A run that an incident is about. */
export type HurtRun = { id: string; title: string; status: string; person: string | null; step: string | null };

/** So many runs are shown with an incident; the list of runs has all. */
const runsShown = 10;

/** The runs that an incident is about, newest first, with how many they are. One that speaks of no runs has none. */
export async function runsOfIncident(tx: Tx, incident: IncidentRow): Promise<{ runs: HurtRun[]; count: number }> {
  const ids = idsOf(incident);
  if (ids === null) return { runs: [], count: 0 };
  const { rows } = await sql<HurtRun & { count: number }>`
    select r.id, r.title, r.status, count(*) over ()::int as count,
      (select coalesce(${calledName(sql`c.attributes`)}, c.external_id) from contact c where c.workspace_id = r.workspace_id and c.id = r.contact_id) as person,
      (select s.title from step s where s.workspace_id = r.workspace_id and s.run_id = r.id and s.step = r.current_step order by s.seq desc limit 1) as step
    from run r where r.workspace_id = ${incident.workspace_id} and r.id in (${ids})
    order by r.id desc limit ${sql.lit(runsShown)}`.execute(kysely(tx));
  const runs = rows.map(({ id, title, status, person, step }) => ({ id, title, status, person, step }));
  return { runs, count: rows[0]?.count ?? 0 };
}

/** The ids of the runs that an incident is about, as the background work counts them that keeps it. */
function idsOf({ workspace_id: workspaceId, run_id: runId, kind, state }: IncidentRow): RawBuilder<unknown> | null {
  if (runId !== null) return sql`${runId}::uuid`;
  if (state === 'resolved') return null;
  if (silentKinds.includes(kind))
    return sql`select run_id from silent_run where workspace_id = ${workspaceId} and wakes >= ${sql.lit(maxWakes)}`;
  const service = effectKinds.find((name) => kind === `${name}.waits`);
  if (service === undefined) return null;
  return sql`select e.run_id from effect e join run on run.workspace_id = e.workspace_id and run.id = e.run_id
    where e.workspace_id = ${workspaceId} and e.kind = ${service} and run.ended_at is null
      and ${isAskedFor(sql`e`, sql`run`)} and (${isTriedAgain(sql`e`)} or ${needsSettings(sql`e`)})`;
}
