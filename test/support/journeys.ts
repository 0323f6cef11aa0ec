import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Caller } from './caller.ts';
import type { TestDatabase } from './database.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { createRun } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';

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

/** A journey that asks an approver, and mails the person if they approve. */
export function mailedJourney(slug: string): JourneyDefinition {
  const hello: JourneyNode = {
    kind: 'email',
    id: 'hello',
    content: {
      kind: 'inline',
      subject: { kind: 'literal', value: 'Hello' },
      markdown: 'Dear **{{ contact.externalId }}**, [look](https://example.com/look)',
    },
  };
  const outcomes = [
    { name: 'approve', steps: [hello] },
    { name: 'reject', steps: [] },
  ];
  const assign = { kind: 'role', id: 'approver' } as const;
  const check: JourneyNode = { kind: 'approval', id: 'check', assign, show: { kind: 'object', fields: {} }, outcomes };
  return sampleJourney(slug, { steps: [check] });
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
): Promise<{ id: string; entry_key: string; wakes: number }[]> {
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
        .as('wakes'),
    ])
    .where('contact.external_id', '=', contact)
    .where('run.workspace_id', '=', database.workspaceId)
    .orderBy('run.id')
    .execute();
  return rows.map((row) => ({ id: row.id, entry_key: row.entry_key, wakes: Number(row.wakes) }));
}

/** Stores a journey of its own in its first version, live or not; its slug is that of the definition with its id. */
export async function storeJourney(
  tx: Tx,
  workspaceId: string,
  definition: JourneyDefinition,
  state: { status?: 'live'; live_version?: number } = {},
): Promise<{ journeyId: string; versionId: string }> {
  const [journeyId, versionId] = [newId(), newId()];
  const text = JSON.stringify(definition);
  await kysely(tx)
    .insertInto('journey')
    .values({
      workspace_id: workspaceId,
      id: journeyId,
      slug: `${definition.slug}-${journeyId}`,
      name: definition.name,
      ...state,
    })
    .execute();
  await kysely(tx)
    .insertInto('journey_version')
    .values({
      workspace_id: workspaceId,
      id: versionId,
      journey_id: journeyId,
      version: 1,
      sha256: createHash('sha256').update(`${journeyId}${text}`).digest('hex'),
      definition: text,
      entry_events: [...new Set(definition.entry.map(({ event }) => event))],
    })
    .execute();
  return { journeyId, versionId };
}

/** Stores a journey of its own with a run that Ana has entered, as the intake of an event would; the dispatcher starts it. */
export async function startJourneyRun(
  database: TestDatabase,
  definition: JourneyDefinition,
  execution: Execution = 'dedicated',
): Promise<{ runId: string; contactId: string }> {
  const { workspaceId } = database;
  return inWorkspace(database.app, workspaceId, async (tx) => {
    const contactId = newId();
    await kysely(tx)
      .insertInto('contact')
      .values({
        workspace_id: workspaceId,
        id: contactId,
        external_id: contactId,
        email: `${contactId}@example.com`,
        attributes: JSON.stringify({ firstName: 'Ana' }),
      })
      .execute();
    const { journeyId, versionId } = await storeJourney(tx, workspaceId, definition);
    const { runId } = await createRun(tx, {
      workspaceId,
      kind: 'journey',
      title: definition.name,
      entryKey: `${journeyId}/${contactId}`,
      subjectId: journeyId,
      contactId,
      execution,
    });
    const entry = {
      eventId: null,
      event: 'SignedUp',
      key: null,
      properties: {},
      receivedAt: new Date().toISOString(),
    };
    await kysely(tx)
      .insertInto('journey_run')
      .values({
        workspace_id: workspaceId,
        run_id: runId,
        journey_id: journeyId,
        version_id: versionId,
        contact_id: contactId,
        entry: JSON.stringify(entry),
      })
      .execute();
    return { runId, contactId };
  });
}
