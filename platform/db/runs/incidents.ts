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

/** The predicate of the unique index `incident_once`: only as a literal does Postgres match it in a prepared statement's plan. */
const isOpen = sql<boolean>`state = 'open'`;

/** Characters of an incident's message. */
const mostCharacters = 2_000;

/** Opens an incident unless one of that kind is open for the run. Works in a workspace's transaction and for the system role. */
export async function openIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  await kysely(db)
    .insertInto('incident')
    .values({
      workspace_id: incident.workspaceId,
      run_id: incident.runId,
      kind: incident.kind,
      message: incident.message.slice(0, mostCharacters),
      detail: JSON.stringify(incident.detail ?? {}),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'run_id', 'kind']).where(isOpen).doNothing())
    .execute();
}

/**
 * As `openIncident`, where each case has to be seen to: one that is open for the run says this one as well, once, while there is room. It is read
 * first without a lock, as the transactions of all who have nothing to add would wait for each other else.
 */
export async function addToIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  const { workspaceId, runId, kind } = incident;
  const message = incident.message.slice(0, mostCharacters);
  const detail = JSON.stringify(incident.detail ?? {});
  const open = await kysely(db)
    .selectFrom('incident')
    .select(['message', 'ignored_at'])
    .where('workspace_id', '=', workspaceId)
    .where('run_id', 'is not distinct from', runId)
    .where('kind', '=', kind)
    .where(isOpen)
    .executeTakeFirst();
  const isFull = open !== undefined && open.message.length >= mostCharacters;
  // One that is ignored grows also where there is no room for words: it has to come back.
  if (open && (open.message.includes(message) || (isFull && open.ignored_at === null))) return;
  await sql`
    insert into incident (workspace_id, run_id, kind, message, detail)
    values (${workspaceId}, ${runId}, ${kind}, ${message}, ${detail}::jsonb)
    on conflict (workspace_id, run_id, kind) where state = 'open' do update
      set message = left(incident.message || E'\\n' || excluded.message, ${mostCharacters}), size = incident.size + 1, rev = incident.rev + 1
      where position(excluded.message in incident.message) = 0`.execute(kysely(db));
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
 * those of workspaces that are not among `found`. They concern no single run. `db` is the system role's.
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
    insert into incident (workspace_id, run_id, kind, message, detail, size)
    select workspace_id, null, ${kind}, left(message, 2000), detail, size from found
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

type Sql = RawBuilder<unknown>;

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
    where r.ended_at is null and r.open @> jsonb_build_array(jsonb_build_object('step', e.step, 'visit', e.visit))
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
 * Marks an open incident as dealt with.
 * @returns its kind and its run, null where it concerns no single one; undefined where it is not open
 */
export async function resolveIncident(
  tx: Tx,
  incident: { workspaceId: string; id: string },
): Promise<{ kind: string; runId: string | null } | undefined> {
  const row = await kysely(tx)
    .updateTable('incident')
    .set({ state: 'resolved', resolved_at: sql`now()`, rev: sql`rev + 1` })
    .where('workspace_id', '=', incident.workspaceId)
    .where('id', '=', incident.id)
    .where('state', '=', 'open')
    .returning(['kind', 'run_id'])
    .executeTakeFirst();
  return row && { kind: row.kind, runId: row.run_id };
}
