import { type RawBuilder, sql } from 'kysely';
import type { EffectKind } from '../../../contracts/core/effects.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { settingsCodes } from '../../../contracts/core/providers.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** Something that a person must look at. `runId` null: it concerns the workspace. */
export type NewIncident = {
  workspaceId: string;
  runId: string | null;
  kind: string;
  message: string;
  detail?: JsonObject;
};

type Sql = RawBuilder<unknown>;

/** The predicate of the unique index `incident_once`: only as a literal does Postgres match it in a prepared statement's plan. */
const isOpen = sql<boolean>`state = 'open'`;

/** Characters of an incident's message. */
const mostCharacters = 2_000;

/**
 * What a new incident goes on being ignored by, as `was`: the last one of its kind ended by itself, and is to be ignored still. `row` is what is
 * opened, where none is open.
 */
function ignoredStill(row: Sql, kind: string): Sql {
  return sql`lateral (
    select i.size, i.ignored_at, i.ignored_until, i.ignored_above, i.ignored_because from incident i
    where i.workspace_id = ${row}.workspace_id and i.kind = ${kind} and i.state = 'resolved'
      and coalesce(i.run_id, i.workspace_id) = coalesce(${row}.run_id, ${row}.workspace_id)
    order by i.id desc limit 1
  ) was on was.ignored_until > now() and greatest(${row}.size, was.size) <= was.ignored_above`;
}

const ignoring = sql`ignored_at, ignored_until, ignored_above, ignored_because`;
const wasIgnoring = sql`was.ignored_at, was.ignored_until, was.ignored_above, was.ignored_because`;

/** Opens an incident unless one of that kind is open for the run. Works in a workspace's transaction and for the system role. */
export async function openIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  const { workspaceId, runId, kind } = incident;
  const message = incident.message.slice(0, mostCharacters);
  const detail = JSON.stringify(incident.detail ?? {});
  await sql`
    insert into incident (workspace_id, run_id, kind, message, detail, ${ignoring})
    select f.workspace_id, f.run_id, ${kind}, ${message}, ${detail}::jsonb, ${wasIgnoring}
    from (select ${workspaceId}::uuid as workspace_id, ${runId}::uuid as run_id, 1 as size) f left join ${ignoredStill(sql`f`, kind)}
    on conflict (workspace_id, run_id, kind) where state = 'open' do nothing`.execute(kysely(db));
}

/**
 * As `openIncident`, where each case has to be seen to: one that is open for the run says this one as well, once, while there is room. One that
 * is ignored grows with each, so that it comes back. It is read first without a lock, as the transactions of all who have nothing to add would wait
 * for each other else.
 */
export async function addToIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  const { workspaceId, runId, kind } = incident;
  const message = incident.message.slice(0, mostCharacters);
  const detail = JSON.stringify(incident.detail ?? {});
  const open = await kysely(db)
    .selectFrom('incident')
    .select(['message', 'size', 'ignored_above'])
    .where('workspace_id', '=', workspaceId)
    .where('run_id', 'is not distinct from', runId)
    .where('kind', '=', kind)
    .where(isOpen)
    .executeTakeFirst();
  const hasNoMore = open && (open.message.includes(message) || open.message.length >= mostCharacters);
  if (hasNoMore && open.size > (open.ignored_above ?? 0)) return;
  await sql`
    insert into incident (workspace_id, run_id, kind, message, detail)
    values (${workspaceId}, ${runId}, ${kind}, ${message}, ${detail}::jsonb)
    on conflict (workspace_id, run_id, kind) where state = 'open' do update
      set message = case when position(excluded.message in incident.message) > 0 then incident.message
          else left(incident.message || E'\\n' || excluded.message, ${mostCharacters}) end,
        size = incident.size + 1, rev = incident.rev + 1
      where position(excluded.message in incident.message) = 0 or incident.size <= incident.ignored_above`.execute(
    kysely(db),
  );
}

/** Ends the open incident of a kind, of a run or (`runId` null) of the workspace, where there is one: what it spoke of is over. */
export async function closeIncident(
  tx: Tx,
  incident: { workspaceId: string; runId: string | null; kind: string },
): Promise<void> {
  await kysely(tx)
    .updateTable('incident')
    .set({ state: 'resolved', resolved_at: sql`now()`, rev: sql`rev + 1` })
    .where('workspace_id', '=', incident.workspaceId)
    .where('run_id', 'is not distinct from', incident.runId)
    .where('kind', '=', incident.kind)
    .where('state', '=', 'open')
    .execute();
}

/**
 * Keeps one incident of a kind for each workspace where something is wrong now: opens it, says in an open one how it stands, and resolves
 * those of workspaces that are not among `found`. One that comes and goes stays ignored. They concern no single run. `db` is the system role's.
 */
export async function keepIncidents(db: Db, kind: string, found: readonly WorkspaceIncident[]): Promise<void> {
  const rows = JSON.stringify(
    found.map(({ workspaceId, size = 1, ...incident }) => ({ workspace_id: workspaceId, size, ...incident })),
  );
  await sql`
    with found as (
      select * from jsonb_to_recordset(${rows}::jsonb) as row(workspace_id uuid, message text, detail jsonb, size int)
    ), over as (
      update incident set state = 'resolved', resolved_at = now(), rev = rev + 1
      where kind = ${kind} and run_id is null and state = 'open' and workspace_id not in (select workspace_id from found)
    )
    insert into incident (workspace_id, run_id, kind, message, detail, size, ${ignoring})
    select f.workspace_id, null, ${kind}, left(f.message, 2000), f.detail, f.size, ${wasIgnoring}
    from (select *, null::uuid as run_id from found) f left join ${ignoredStill(sql`f`, kind)}
    on conflict (workspace_id, run_id, kind) where state = 'open' do update
      set message = excluded.message, detail = excluded.detail, size = excluded.size, rev = incident.rev + 1
      where (incident.detail, incident.size) is distinct from (excluded.detail, excluded.size)`.execute(kysely(db));
}

/** As `keepIncidents`, of what concerns every workspace; null: nothing is wrong. */
export async function keepIncidentEverywhere(
  db: Db,
  kind: string,
  found: Omit<WorkspaceIncident, 'workspaceId'> | null,
): Promise<void> {
  if (found === null) return keepIncidents(db, kind, []);
  const workspaces = await kysely(db).selectFrom('workspace').select('id').execute();
  await keepIncidents(
    db,
    kind,
    workspaces.map(({ id }) => ({ workspaceId: id, ...found })),
  );
}

/** The code of a mail that is put off as its journey wants it: nothing is wrong with the mail server. */
export const QUIET_HOURS = 'message.quietHours';

/** An effect that was tried three times and more and has not come to an end: it is under way again, or put off. */
export function isTriedAgain(effect: Sql): Sql {
  return sql`(${effect}.attempt >= 3 and ${isUnderWay(effect)} and ${effect}.error ->> 'code' is distinct from ${sql.lit(QUIET_HOURS)})`;
}

/** An effect that has not come to an end and that no further try helps before a person mends a key or a setting. */
export function needsSettings(effect: Sql): Sql {
  return sql`(${effect}.error is not null and ${isUnderWay(effect)} and ${effect}.error ->> 'code' in (${sql.join(settingsCodes.map((code) => sql.lit(code)))}))`;
}

/**
 * Whether an effect's run still asks for it: its action is open or, of a mail about an approval, the approval is. One that was taken back may
 * stay put off until the run ends, and nobody waits for it.
 */
export function isAskedFor(effect: Sql, run: Sql): Sql {
  return sql`case when ${effect}.request ? 'gate'
    then exists (select from gate g where g.workspace_id = ${effect}.workspace_id and g.run_id = ${effect}.run_id
      and g.id::text = ${effect}.request ->> 'gate' and g.status = 'open')
    else ${run}.open @> jsonb_build_array(jsonb_build_object('step', ${effect}.step, 'visit', ${effect}.visit)) end`;
}

/** The predicate of the indexes `effect_in_trouble` and `effect_put_off`. */
function isUnderWay(effect: Sql): Sql {
  return sql`${effect}.state in ('planned', 'claimed', 'handedOff', 'deferred')`;
}

/** What `keepIncidents` says of one workspace; `size`: how many things it hurts, one unless said. */
export type WorkspaceIncident = { workspaceId: string; message: string; detail: JsonObject; size?: number };

/** What effects act on, in words, and the kind of the incident that says that steps wait for it. */
const services: Readonly<Record<EffectKind, string>> = {
  email: 'mail server',
  llm: 'language model',
  crm: 'CRM',
  payment: 'payment service',
  webhook: 'receiver of webhooks',
};

/**
 * Keeps one incident for each workspace and service that steps of its runs wait for since a minute and after three tries, with how many
 * they are and why the last call failed. A call that its run no longer asks for is not waited for. It ends by itself. `db` is the system role's.
 */
export async function keepServiceIncidents(db: Db): Promise<void> {
  const { rows } = await sql<{ workspaceId: string; kind: EffectKind; steps: number; why: string | null }>`
    select e.workspace_id as "workspaceId", e.kind, count(*)::int as steps,
      (array_agg(e.error ->> 'message' order by e.id desc) filter (where e.error is not null))[1] as why
    from effect e join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
    where r.ended_at is null and ${isAskedFor(sql`e`, sql`r`)}
      and (${isTriedAgain(sql`e`)} and e.planned_at < now() - interval '1 minute' or ${needsSettings(sql`e`)})
    group by e.workspace_id, e.kind`.execute(kysely(db));
  for (const [kind, service] of Object.entries(services)) {
    const found = rows.filter((row) => row.kind === kind);
    await keepIncidents(
      db,
      `${kind}.waits`,
      found.map(({ workspaceId, steps, why }) => ({
        workspaceId,
        message: `${steps === 1 ? 'A step waits' : `${steps} steps wait`} for the ${service}: ${why ?? 'no call has come to an end.'} It is tried again by itself.`,
        detail: { steps, why },
        size: steps,
      })),
    );
  }
}

/** Resolves the incidents of runs that could not go on, where the run has moved since. */
export async function resolveFaults(db: Db): Promise<void> {
  await sql`update incident set state = 'resolved', resolved_at = now(), rev = incident.rev + 1 from run
    where incident.kind in ('engine.fault', 'run.stateTooLarge', 'run.lost') and incident.state = 'open'
      and run.workspace_id = incident.workspace_id and run.id = incident.run_id and run.updated_at > incident.opened_at`.execute(
    kysely(db),
  );
}

/**
 * Marks an open incident as dealt with: one that comes after it is not ignored.
 * @returns its kind and its run, null where it concerns no single one; undefined where it is not open
 */
export async function resolveIncident(
  tx: Tx,
  incident: { workspaceId: string; id: string },
): Promise<{ kind: string; runId: string | null } | undefined> {
  const row = await kysely(tx)
    .updateTable('incident')
    .set({
      state: 'resolved',
      resolved_at: sql`now()`,
      ignored_at: null,
      ignored_until: null,
      ignored_above: null,
      ignored_because: null,
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', incident.workspaceId)
    .where('id', '=', incident.id)
    .where('state', '=', 'open')
    .returning(['kind', 'run_id'])
    .executeTakeFirst();
  return row && { kind: row.kind, runId: row.run_id };
}
