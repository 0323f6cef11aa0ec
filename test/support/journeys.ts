import { expect } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { Caller } from './caller.ts';
import type { TestDatabase } from './database.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

/** A small valid journey: entered by `SignedUp`, waits for `LoggedIn`. */
export function sampleJourney(slug: string, change: Partial<JourneyDefinition> = {}): JourneyDefinition {
  return {
    engineVersion: 1,
    slug,
    name: `Journey ${slug}`,
    entry: [{ event: 'SignedUp' }],
    reentry: 'once',
    exitWhen: [],
    steps: [{ kind: 'waitFor', id: 'first-login', on: { event: 'LoggedIn' }, timeout: 'P2D' }],
    ...change,
  };
}

/** Stores and publishes a journey over HTTP. */
export async function publishJourney(api: Caller, key: string, definition: JourneyDefinition): Promise<void> {
  const url = `/v1/journeys/${definition.slug}`;
  const put = await api.call({ method: 'PUT', url, key, body: { definition } });
  expect(put.json).toMatchObject({ problems: [] });
  const published = await api.call({ method: 'POST', url: `${url}/publish`, key, body: {} });
  expect(published.json).toMatchObject({ journey: { status: 'live' } });
}

/** An event of a contact, now. */
export function sampleEvent(id: string, name: string, contact: string, more: object = {}): Record<string, unknown> {
  return { id, name, contact, occurredAt: new Date().toISOString(), ...more };
}

/** The journey runs of a contact with their outbox rows, oldest first. */
export async function journeyRunsOf(
  database: TestDatabase,
  contact: string,
): Promise<{ id: string; entry_key: string; rings: number }[]> {
  const rows = await kysely(database.system)
    .selectFrom('run')
    .innerJoin('contact', (join) =>
      join.onRef('contact.id', '=', 'run.contact_id').onRef('contact.workspace_id', '=', 'run.workspace_id'),
    )
    .select((eb) => [
      'run.id',
      'run.entry_key',
      eb
        .selectFrom('outbox')
        .whereRef('outbox.run_id', '=', 'run.id')
        .select((count) => count.fn.countAll<string>().as('n'))
        .as('rings'),
    ])
    .where('contact.external_id', '=', contact)
    .where('run.workspace_id', '=', database.workspaceId)
    .orderBy('run.id')
    .execute();
  return rows.map((row) => ({ id: row.id, entry_key: row.entry_key, rings: Number(row.rings) }));
}
