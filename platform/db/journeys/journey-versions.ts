import { sql, type Selectable } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { contentHash } from '../gates/gates.ts';
import type { JourneyRow } from './journeys.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A version's row. */
export type JourneyVersionRow = Selectable<Database['journey_version']>;

/**
 * Stores a definition as a version of a locked journey. Versions are addressed by content: one that was published before
 * keeps its number.
 */
export async function storeJourneyVersion(
  tx: Tx,
  journey: JourneyRow,
  publication: { definition: JourneyDefinition; publishedBy: string; publisher: string | null },
): Promise<{ version: JourneyVersionRow; created: boolean }> {
  const { definition, publishedBy, publisher } = publication;
  const json = JSON.stringify(definition);
  const sha256 = contentHash(JSON.parse(json));
  const known = await kysely(tx)
    .selectFrom('journey_version')
    .selectAll()
    .where('workspace_id', '=', journey.workspace_id)
    .where('journey_id', '=', journey.id)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  if (known) return { version: known, created: false };
  const version = await kysely(tx)
    .insertInto('journey_version')
    .values({
      workspace_id: journey.workspace_id,
      journey_id: journey.id,
      version: sql<number>`(select coalesce(max(version), 0) + 1 from journey_version where workspace_id = ${journey.workspace_id} and journey_id = ${journey.id})`,
      sha256,
      definition: json,
      entry_events: [...new Set(definition.entry.map((trigger) => trigger.event))],
      published_by: publishedBy,
      publisher,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { version, created: true };
}

/** One version by its number. */
export function findJourneyVersion(
  tx: Tx,
  journey: JourneyRow,
  version: number,
): Promise<JourneyVersionRow | undefined> {
  return kysely(tx)
    .selectFrom('journey_version')
    .selectAll()
    .where('workspace_id', '=', journey.workspace_id)
    .where('journey_id', '=', journey.id)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** A page of versions, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listJourneyVersions(
  tx: Tx,
  journey: JourneyRow,
  page: { before: number | null; limit: number },
): Promise<JourneyVersionRow[]> {
  let query = kysely(tx)
    .selectFrom('journey_version')
    .selectAll()
    .where('workspace_id', '=', journey.workspace_id)
    .where('journey_id', '=', journey.id);
  if (page.before !== null) query = query.where('version', '<', page.before);
  return query
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute();
}
