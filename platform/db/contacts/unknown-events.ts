import { sql } from 'kysely';
import { membershipEvents } from '../../../contracts/segments/membership-events.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Events of one name that start, end and continue nothing: how many came, when the last did, and the properties that it had. */
export type UnknownEvents = { name: string; count: number; lastAt: Date; properties: string[] };

/** Days that are looked back: older events are nobody's mistake of today. */
const DAYS = 30;
/** Names that a person still reads. */
const MOST = 100;

/**
 * The names of events of the last 30 days that no journey knows which takes people in or has people in it, the last to come first, and the names
 * that are known. Names are found one by one in the index, whatever the number of events.
 */
export async function unknownEvents(
  tx: Tx,
  workspaceId: string,
): Promise<{ unknown: UnknownEvents[]; known: string[] }> {
  const { rows: names } = await sql<{ name: string }>`
    select distinct jsonb_path_query(v.definition, '$.**.event') #>> '{}' as name
    from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
    where j.workspace_id = ${workspaceId} and (j.status in ('live', 'paused') and v.version = j.live_version
      or exists (select from journey_run jr join run r on r.workspace_id = jr.workspace_id and r.id = jr.run_id
        where jr.workspace_id = v.workspace_id and jr.version_id = v.id and r.ended_at is null))`.execute(kysely(tx));
  const known = names.map(({ name }) => name);
  const { rows } = await sql<UnknownEvents>`
    with recursive names as (
      (select name from event where workspace_id = ${workspaceId} order by name limit 1)
      union all
      select (select e.name from event e where e.workspace_id = ${workspaceId} and e.name > n.name order by e.name limit 1)
      from names n where n.name is not null)
    select n.name, seen.count, seen."lastAt", example.properties
    from names n
    cross join lateral (select count(*)::int as count, max(received_at) as "lastAt" from event e
      where e.workspace_id = ${workspaceId} and e.name = n.name and not e.is_history
        and e.received_at > now() - make_interval(days => ${DAYS})) seen
    cross join lateral (select array(select name from jsonb_object_keys(e.properties) k (name) order by name) as properties from event e
      where e.workspace_id = ${workspaceId} and e.name = n.name order by e.received_at desc limit 1) example
    where n.name is not null and n.name <> all(${[...known, ...Object.values(membershipEvents)]}::text[]) and seen.count > 0
    order by seen."lastAt" desc limit ${MOST}`.execute(kysely(tx));
  return { unknown: rows, known };
}
