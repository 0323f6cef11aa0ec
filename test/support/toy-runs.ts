import type { Selectable } from 'kysely';
import type { Database } from '../../platform/db/tables/tables.ts';
import { type IncomingEvent, takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { createRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

type Run = Selectable<Database['run']>;

/** Starts a run of the toy journey, with a contact of its own. */
export async function startToyRun(
  database: TestDatabase,
  execution: Execution = 'dedicated',
): Promise<{ runId: string; contactId: string }> {
  const contactId = newId();
  const { workspaceId } = database;
  const { runId } = await inWorkspace(database.app, workspaceId, async (tx) => {
    await kysely(tx)
      .insertInto('contact')
      .values({ workspace_id: workspaceId, id: contactId, external_id: contactId })
      .execute();
    return createRun(tx, {
      workspaceId,
      kind: 'journey',
      title: 'Toy',
      entryKey: contactId,
      subjectId: contactId,
      contactId,
      execution,
    });
  });
  return { runId, contactId };
}

/** The run's row as it is now. */
export function readRun(database: TestDatabase, runId: string): Promise<Run> {
  return kysely(database.system).selectFrom('run').selectAll().where('id', '=', runId).executeTakeFirstOrThrow();
}

/** Waits until the run satisfies `test`. */
export function untilRun(
  database: TestDatabase,
  runId: string,
  what: string,
  test: (run: Run) => boolean,
  withinMs?: number,
): Promise<Run> {
  return eventually(
    what,
    async () => {
      const run = await readRun(database, runId);
      return test(run) && run;
    },
    withinMs,
  );
}

/** What the toy machine received, from the state of its last turn. */
export async function received(database: TestDatabase, runId: string): Promise<string[]> {
  const row = await kysely(database.system)
    .selectFrom('run_turn')
    .select('state')
    .where('run_id', '=', runId)
    .orderBy('turn', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return (row.state as { received: string[] }).received;
}

/** Takes in an event of a contact, whose external id is its id. @returns the runs that have it in their mailbox */
export async function takeInEvent(
  database: TestDatabase,
  event: Pick<IncomingEvent, 'name'> & { contactId: string } & Partial<IncomingEvent>,
  options: { isHistory?: boolean } = {},
): Promise<string[]> {
  const { contactId: contact, ...given } = event;
  const incoming = { id: newId(), key: null, occurredAt: new Date().toISOString(), properties: {}, contact, ...given };
  const { workspaceId } = database;
  await inWorkspace(database.app, workspaceId, (tx) => takeInEvents(tx, workspaceId, [incoming], options));
  const enqueued = kysely(database.system).selectFrom('run_inbox').select('run_id').distinct();
  return (await enqueued.where('ref', 'like', `${incoming.id}/%`).execute()).map((row) => row.run_id);
}
