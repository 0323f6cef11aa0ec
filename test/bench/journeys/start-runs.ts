import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { takeInEvents } from '../../../platform/db/journeys/event-intake.ts';
import type { Execution } from '../../../contracts/runs/execution.schema.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { type Installation, patienceFor, until } from '../support/installation.ts';

/** Events taken in by one transaction; the API takes as many in a call. */
const callEvents = 500;

/** What works the runs, how long each waits at its timer (ISO 8601), and whether it sends a mail before. */
export type Pace = { execution: Execution; delay?: string; mails?: boolean };

/** Runs that wait: the name of their journey, and how many were started a second. */
export type StartedRuns = { journey: string; perSecond: number };

/**
 * Takes in an event of each of so many new contacts, as `POST /v1/events` does, and waits until the journey of each of them sits on
 * its timer. A contact is `journey/` and its number.
 */
export async function startRuns(
  { app, system, workspaceId }: Installation,
  count: number,
  { execution, delay = 'P2D', mails = false }: Pace,
): Promise<StartedRuns> {
  const event = `entered-${randomUUID()}`;
  await publish({ app, workspaceId }, event, { execution, delay, mails });
  const tag = event;
  // People whom a mail reaches are known by their address already.
  if (mails)
    await sql`insert into contact (workspace_id, external_id, email)
      select ${workspaceId}::uuid, ${tag} || '/' || n, 'p' || n || '@example.com' from generate_series(0, ${count}::int - 1) n`.execute(
      kysely(system),
    );
  const began = performance.now();
  for (let from = 0; from < count; from += callEvents) {
    const events = Array.from({ length: Math.min(callEvents, count - from) }, (_, at) => ({
      id: `${tag}/${from + at}`,
      name: event,
      contact: `${tag}/${from + at}`,
      key: null,
      occurredAt: new Date().toISOString(),
      properties: {},
    }));
    await inWorkspace(app, workspaceId, (tx) => takeInEvents(tx, workspaceId, events));
  }
  const allWait = async (): Promise<boolean> => {
    const { waiting } = await kysely(system)
      .selectFrom('run')
      .innerJoin('journey_run', 'journey_run.run_id', 'run.id')
      .innerJoin('journey', 'journey.id', 'journey_run.journey_id')
      .select(({ fn }) => fn.countAll<string>().as('waiting'))
      .where('journey.slug', '=', event)
      .where('run.current_step', '=', 'breathe')
      .executeTakeFirstOrThrow();
    return Number(waiting) === count;
  };
  await until('every journey waits', allWait, patienceFor(count));
  return { journey: event, perSecond: count / ((performance.now() - began) / 1_000) };
}

const mail = {
  kind: 'email',
  id: 'greet',
  content: {
    kind: 'inline',
    subject: { kind: 'literal', value: 'Welcome' },
    markdown:
      'Hello {{ contact.externalId }},\n\nit is good to have you **with us**. [Your account](https://example.com/account)',
  },
} as const;

/** Publishes a journey that is entered by the event of its name. */
export async function publish(
  { app, workspaceId }: Pick<Installation, 'app' | 'workspaceId'>,
  event: string,
  { execution, delay, mails }: Required<Pace>,
): Promise<void> {
  const definition: JourneyDefinition = {
    engineVersion: 1,
    slug: event,
    name: 'Bench',
    entry: [{ event }],
    reentry: 'once',
    execution,
    exitWhen: [{ event: 'account.closed' }],
    steps: [
      ...(mails ? [mail] : []),
      { kind: 'delay', id: 'breathe', for: delay },
      { kind: 'exit', id: 'end', reason: 'done' },
    ],
  };
  const text = JSON.stringify(definition);
  await inWorkspace(app, workspaceId, async (tx) => {
    const journey = await kysely(tx)
      .insertInto('journey')
      .values({ workspace_id: workspaceId, slug: event, name: 'Bench', status: 'live', live_version: 1 })
      .returning('id')
      .executeTakeFirstOrThrow();
    await kysely(tx)
      .insertInto('journey_version')
      .values({
        workspace_id: workspaceId,
        journey_id: journey.id,
        version: 1,
        sha256: createHash('sha256').update(text).digest('hex'),
        definition: text,
        entry_events: [event],
      })
      .execute();
  });
}
