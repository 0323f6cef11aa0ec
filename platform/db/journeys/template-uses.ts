import { sql } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { TemplateRow } from './templates.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A version of a journey that may name a template: its text holds the name. */
export type NamingVersion = {
  journey: string;
  name: string;
  version: number;
  isLive: boolean;
  people: number;
  definition: JourneyDefinition;
};

/** The versions that people enter or are in whose text holds a template's name, the journeys by name, the newest version first. */
export async function versionsNaming(tx: Tx, { workspace_id: id, slug }: TemplateRow): Promise<NamingVersion[]> {
  const { rows } = await sql<NamingVersion>`
    with naming as materialized (
      select v.id, v.version, v.definition, j.id as journey_id, j.slug, j.name, j.status <> 'stopped' and v.version = j.live_version as is_live
      from journey_version v join journey j on j.workspace_id = v.workspace_id and j.id = v.journey_id
      where v.workspace_id = ${id} and strpos(v.definition::text, ${`"${slug}@`}) > 0),
    inside as (
      select jr.version_id, count(*)::int as people
      from run r join journey_run jr on jr.workspace_id = r.workspace_id and jr.run_id = r.id
      where r.workspace_id = ${id} and r.ended_at is null and r.subject_id in (select journey_id from naming)
      group by 1)
    select n.slug as journey, n.name, n.version, n.is_live as "isLive", coalesce(i.people, 0) as people, n.definition
    from naming n left join inside i on i.version_id = n.id
    where n.is_live or i.people > 0 order by n.name, n.slug, n.version desc`.execute(kysely(tx));
  return rows;
}
