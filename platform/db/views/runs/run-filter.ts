import { type RawBuilder, sql } from 'kysely';
import { contactCalled } from '../../contacts/contacts.ts';
import { isAskedFor, isTriedAgain, needsSettings } from '../../runs/incidents.ts';
import { maxWakes } from '../../runs/silent-runs.ts';

type Sql = RawBuilder<unknown>;

/** Which runs a list shows; null filters nothing. `contact` is an external id, `journey` a slug, `step` where live runs stand. */
export type RunFilter = {
  workspaceId: string;
  kind: string | null;
  status: string | null;
  state: 'live' | 'ended' | 'trouble' | null;
  waitingFor: string | null;
  contact: string | null;
  journey: string | null;
  version: number | null;
  step: string | null;
  startedAfter: string | null;
};

/** The id of a journey by its slug. */
export function journeyCalled(workspaceId: string, slug: string): Sql {
  return sql`(select id from journey where workspace_id = ${workspaceId} and slug = ${slug})`;
}

/** The id of a journey's version by its number. */
export function versionNumbered(workspaceId: string, slug: string, version: number): Sql {
  return sql`(select id from journey_version where workspace_id = ${workspaceId} and journey_id = ${journeyCalled(workspaceId, slug)}
    and version = ${version})`;
}

/** Whether the run `r` is among those that a filter leaves. */
export function matches(filter: RunFilter): Sql {
  const { workspaceId, kind, status, state, waitingFor, contact, journey, version, step, startedAfter } = filter;
  const conditions = [sql`r.workspace_id = ${workspaceId}`];
  if (kind !== null) conditions.push(sql`r.kind = ${kind}`);
  if (status !== null) conditions.push(sql`r.status = ${status}`);
  if (state === 'ended') conditions.push(sql`r.ended_at is not null`);
  if (state === 'live' || state === 'trouble' || step !== null) conditions.push(sql`r.ended_at is null`);
  if (state === 'trouble') conditions.push(sql`r.id in (${troubled(workspaceId)})`);
  if (waitingFor !== null) conditions.push(sql`r.waiting_for = ${waitingFor}`);
  if (step !== null)
    conditions.push(sql`exists (select from run_position p where p.workspace_id = r.workspace_id and p.run_id = r.id and p.step = ${step}
      ${journey === null ? sql`` : sql`and p.subject_id = ${journeyCalled(workspaceId, journey)}`})`);
  // Ids are made in the order of time, so this is a range of the index that the list is read from.
  if (startedAfter !== null) conditions.push(sql`r.id >= ${firstIdAt(startedAfter)}`);
  if (contact !== null) conditions.push(sql`r.contact_id = ${contactCalled(workspaceId, contact)}`);
  if (journey !== null) conditions.push(sql`r.subject_id = ${journeyCalled(workspaceId, journey)}`);
  if (journey !== null && version !== null)
    conditions.push(sql`r.version_id = ${versionNumbered(workspaceId, journey, version)}`);
  return sql.join(conditions, sql` and `);
}

/** The live runs that need a person; there are few, so they are listed first. */
export function troubled(workspaceId: string): Sql {
  // Each by an index of its own.
  const askingFor = (isStuck: (effect: Sql) => Sql): Sql => sql`
    select f.run_id from effect f join run asking on asking.workspace_id = f.workspace_id and asking.id = f.run_id
    where f.workspace_id = ${workspaceId} and ${isStuck(sql`f`)} and ${isAskedFor(sql`f`, sql`asking`)}`;
  return sql`select run_id from incident where workspace_id = ${workspaceId} and state = 'open' and run_id is not null
    union select run_id from silent_run where workspace_id = ${workspaceId} and wakes >= ${sql.lit(maxWakes)}
    union select run_id from effect where workspace_id = ${workspaceId} and state = 'unknown'
    union ${askingFor(isTriedAgain)}
    union ${askingFor(needsSettings)}`;
}

/** The smallest id that was made at an instant (RFC 9562, section 5.7: 48 bits of milliseconds come first). */
export function firstIdAt(at: string): string {
  const hex = Math.max(0, Date.parse(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
