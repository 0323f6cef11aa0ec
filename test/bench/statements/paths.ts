import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createEngineActivities } from '../../../activities/engine/advance-run.ts';
import { createJourneyKind } from '../../../activities/journeys/journey.kind.ts';
import { createMailOf } from '../../../activities/messaging/mail-of-workspace.ts';
import { createMessagingActivities } from '../../../activities/messaging/messaging.activities.ts';
import { createSmtpPool, type EmailSender } from '../../../activities/providers/email/smtp/smtp-pool.ts';
import { EventsService } from '../../../api/contacts/events.service.ts';
import { Store } from '../../../api/http/store.ts';
import type { AdvanceAnswer } from '../../../contracts/core/engine.ts';
import { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { type BulkRow, insertBulk } from '../../../platform/db/bulk/bulk-operations.ts';
import { lockContacts } from '../../../platform/db/contacts/contacts.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { enterMany } from '../../../platform/db/journeys/entries/enter-many.ts';
import { insertPeople } from '../../../platform/db/journeys/entries/people-meant.ts';
import { newId } from '../../../platform/ids.ts';
import { masterKeys } from '../../../platform/keys/master-keys.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../support/database.ts';
import '../../support/quiet-runtime.ts';
import { createSmtpServers } from '../../support/smtp-servers.ts';
import { statementsOf } from './statements-of.ts';

/** A way through the code, what it asks Postgres for, and at how many statements it must stay. `times`: that many went it together. */
export type Path = { name: string; ceiling: number; statements: string[]; times?: number };

const dayMs = 86_400_000;

/** Entered by `SignedUp`; a mail, a day, and out by `Left`. */
const journey = JourneyDefinition.parse({
  engineVersion: 1,
  slug: 'welcome',
  name: 'Welcome',
  entry: [{ event: 'SignedUp' }],
  reentry: 'afterExit',
  exitWhen: [{ event: 'Left' }],
  steps: [
    {
      kind: 'email',
      id: 'hello',
      content: {
        kind: 'inline',
        subject: { kind: 'literal', value: 'Hello' },
        markdown: 'Dear **{{ contact.externalId }}**',
      },
    },
    { kind: 'delay', id: 'day', for: 'P1D' },
  ],
});

/** Goes each way on a Postgres and through an SMTP server of its own; the engine, the ledger and the intake are the product's. */
export async function measurePaths(): Promise<Path[]> {
  const servers = createSmtpServers();
  const database = await createTestDatabase({ poolSize: 20 });
  const port = await servers.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
  const email = createSmtpPool({ host: '127.0.0.1', port, tls: 'none' });
  try {
    await publish(database);
    return await walk(database, {
      mail: mailBy(database, email),
      // Beside a real server mails come together as its replies do.
      mailAtOnce: mailBy(database, { send: sendAtOnce, close: () => Promise.resolve() }),
    });
  } finally {
    await email.close();
    await servers.stop();
    await database.stop();
  }
}

type Run = { workspaceId: string; runId: string };
type Mailing = (run: Run, key: string) => Promise<void>;

function mailBy(database: TestDatabase, email: EmailSender): Mailing {
  const { sendMessage } = createMessagingActivities(messagingOf(database, email));
  return ({ workspaceId, runId }, key) =>
    new MockActivityEnvironment().run(() => sendMessage({ workspaceId, runId, key }));
}

const sendAtOnce: EmailSender['send'] = async ({ fence }) =>
  (await fence()) ? { kind: 'sent', reply: '250', serverMessageId: null } : { kind: 'fenced' };

async function walk(
  database: TestDatabase,
  { mail, mailAtOnce }: { mail: Mailing; mailAtOnce: Mailing },
): Promise<Path[]> {
  const engine = createEngineActivities({
    db: database.app,
    kinds: { journey: createJourneyKind() },
    now: (_tx, clock) => Promise.resolve(new Date(clock)),
  });
  const send = intakeOf(database);
  // What a process and a connection ask for once is asked for by these.
  await send('SignedUp', 'first');
  await turn(engine, await runOf(database, 'first'), 1);

  const enters = await statementsOf(() => send('SignedUp', 'ana'));
  await kysely(database.system).updateTable('contact').set({ email: 'ana@example.com' }).execute();
  const run = await runOf(database, 'ana');
  const first = await answered(() => turn(engine, run, 1));
  const [action] = first.answer.open;
  if (!action) throw new Error('The first turn asks for no mail');
  const mailed = await statementsOf(() => mail(run, action.key));
  const sent = await answered(() => turn(engine, run, 2));
  if (sent.answer.dueAt === null) throw new Error('The second turn waits for nothing: the mail was not sent');
  const nothing = await statementsOf(() => send('Clicked', 'ana'));
  const timer = await answered(() => turn(engine, run, 3, Date.now() + 2 * dayMs));
  if (!timer.answer.ended) throw new Error('The run has not ended at its timer');

  const other = await runOf(database, 'first');
  const woken = await statementsOf(() => send('Left', 'first'));
  const exit = await answered(() => turn(engine, other, 2));
  if (!exit.answer.ended) throw new Error('The run has not ended by its event');
  const gathered = await statementsOf(() =>
    Promise.all(Array.from({ length: 20 }, (_, index) => send('Clicked', `many-${index}`))),
  );
  const people = Array.from({ length: 20 }, (_, index) => `mailed-${index}`);
  for (const person of people) await send('SignedUp', person);
  await sql`update contact set email = external_id || '@example.com' where external_id = any(${people}::text[])`.execute(
    kysely(database.system),
  );
  const asking: { run: Run; key: string }[] = [];
  for (const person of people) {
    const one = await runOf(database, person);
    const { open } = await turn(engine, one, 1);
    asking.push(...open.map(({ key }) => ({ run: one, key })));
  }
  const together = await statementsOf(() => Promise.all(asking.map((of) => mailAtOnce(of.run, of.key))));
  const entry = await entryOf(database, 200);
  const entered = await statementsOf(() =>
    inWorkspace(database.app, database.workspaceId, (tx) => enterMany(tx, entry, 100)),
  );
  return [
    { name: 'an event that nobody waits for', ceiling: 4, statements: nothing },
    { name: 'the same, 20 at once', ceiling: 1, statements: gathered, times: 20 },
    { name: 'an event that a run waits for', ceiling: 5, statements: woken },
    { name: 'an event that lets a new person in', ceiling: 9, statements: enters },
    { name: 'a first turn', ceiling: 5, statements: first.statements },
    { name: 'a turn that receives an answer', ceiling: 5, statements: sent.statements },
    { name: 'a turn that a timer ends', ceiling: 6, statements: timer.statements },
    { name: 'a turn that an event ends', ceiling: 6, statements: exit.statements },
    { name: 'a mail', ceiling: 12, statements: mailed },
    { name: '20 mails that come together', ceiling: 0.6, statements: together, times: people.length },
    { name: '100 people of an entry of many', ceiling: 13, statements: entered },
  ];
}

/** One event a call, as `POST /v1/events` takes it in. */
function intakeOf({ app, workspaceId }: TestDatabase): (name: string, contact: string) => Promise<void> {
  const events = new EventsService(new Store(app));
  const actor = { kind: 'apiKey', id: newId(), name: 'Bench' } as const;
  const rest = { roles: [], permissions: new Set<never>(), createdBy: null, session: null, expiresAt: null };
  return async (name, contact) => {
    const body = { events: [{ id: newId(), name, contact, occurredAt: new Date().toISOString() }] };
    const taken = await events.takeIn({ workspaceId, actor, requestId: newId(), ...rest }, body, {});
    if (taken.accepted !== 1) throw new Error(`The event was not accepted: ${JSON.stringify(taken)}`);
  };
}

/** An entry of so many people of its own into the journey. */
function entryOf({ app, system, workspaceId }: TestDatabase, count: number): Promise<BulkRow> {
  const people = Array.from({ length: count }, (_, index) => `entered-${index}`);
  return inWorkspace(app, workspaceId, async (tx) => {
    const { id } = await kysely(system).selectFrom('journey').select('id').executeTakeFirstOrThrow();
    await lockContacts(tx, workspaceId, people);
    const bulk = await insertBulk(tx, {
      workspaceId,
      kind: 'enterMany',
      reason: 'bench',
      selection: { key: null, variables: {}, execution: 'pooled' },
      subjectId: id,
      actor: { kind: 'apiKey', id: newId(), name: 'Bench' },
      requestedBy: null,
      total: count,
    });
    await insertPeople(tx, bulk, people);
    return bulk;
  });
}

type Engine = ReturnType<typeof createEngineActivities>;

function turn(engine: Engine, run: Run, number: number, at = Date.now()): Promise<AdvanceAnswer> {
  return engine.advanceRun({ ...run, turn: number, at, failures: [] });
}

async function answered(work: () => Promise<AdvanceAnswer>): Promise<{ answer: AdvanceAnswer; statements: string[] }> {
  const got: AdvanceAnswer[] = [];
  const statements = await statementsOf(async () => got.push(await work()));
  const [answer] = got;
  if (!answer) throw new Error('A turn without an answer');
  return { answer, statements };
}

function messagingOf({ app: db }: TestDatabase, email: EmailSender): Parameters<typeof createMessagingActivities>[0] {
  const keys = () => Promise.resolve(masterKeys({ THROUGHLINE_KEY: TEST_KEY }));
  const signing = { messageIdDomain: 'example.com', messageIdSecret: TEST_KEY };
  const installation = { email, signing, senders: [{ address: 'us@example.com' }] as const, returnPath: '' };
  const config = { STAND_INS: '', SMTP_CONNECTIONS: 1, SMTP_MAILS_PER_CONNECTION: 1 };
  const { mailOf } = createMailOf({ db, keys, config, installation });
  return { db, mailOf, installation, publicUrl: 'http://127.0.0.1', keys };
}

async function publish({ system, workspaceId }: TestDatabase): Promise<void> {
  const [journeyId, versionId] = [newId(), newId()];
  const { slug, name } = journey;
  await kysely(system)
    .insertInto('journey')
    .values({ workspace_id: workspaceId, id: journeyId, slug, name, status: 'live', live_version: 1 })
    .execute();
  await kysely(system)
    .insertInto('journey_version')
    .values({
      workspace_id: workspaceId,
      id: versionId,
      journey_id: journeyId,
      version: 1,
      sha256: versionId,
      definition: JSON.stringify(journey),
      entry_events: ['SignedUp'],
    })
    .execute();
}

async function runOf({ system, workspaceId }: TestDatabase, externalId: string): Promise<Run> {
  const { id } = await kysely(system)
    .selectFrom('run')
    .innerJoin('contact', 'contact.id', 'run.contact_id')
    .select('run.id')
    .where('contact.external_id', '=', externalId)
    .executeTakeFirstOrThrow();
  return { workspaceId, runId: id };
}
