import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { hashedEmail, suppress } from '../../platform/db/contacts/suppression.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { statementsOf } from '../../test/bench/statements/statements-of.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../test/support/database.ts';
import { createFailingDb, type Loss } from '../../test/support/failing-db.ts';
import { propertyRuns, unlimited } from '../../test/support/properties.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { createMailOf } from './mail-of-workspace.ts';
import { createMessagingActivities } from './messaging.activities.ts';

const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });

/** What is the matter with a mail; `same` has the address of the one before it. */
const matters = [
  'well',
  'unsubscribed',
  'paused',
  'leaving',
  'same',
  'template',
  'transactional',
  'noAddress',
] as const;
type Matter = (typeof matters)[number];

describe('mails that come together', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 10 });
  });
  afterAll(() => database?.stop());

  /** A process that sends by an own connection to Postgres, and what has left it. */
  function processOf(db: Db, sent: string[] = []) {
    const signing = { messageIdDomain: 'example.com', messageIdSecret: TEST_KEY };
    const email = {
      async send({ envelope, fence }: { envelope: { to: string }; fence: () => Promise<boolean> }) {
        const passes = await fence().catch(() => null);
        const error = { code: 'email.fence_failed', message: 'The fence could not be asked' };
        if (passes === null) return { kind: 'deferred' as const, error };
        if (!passes) return { kind: 'fenced' as const };
        sent.push(envelope.to);
        return { kind: 'sent' as const, reply: '250', serverMessageId: null };
      },
      close: () => Promise.resolve(),
    };
    const installation = { email, signing, senders: [{ address: 'us@example.com' }] as const, returnPath: '' };
    const config = { STAND_INS: '', SMTP_CONNECTIONS: 1, SMTP_MAILS_PER_CONNECTION: 1 };
    const { mailOf } = createMailOf({ db, keys: () => Promise.resolve(keys), config, installation });
    const deps = { db, mailOf, installation, publicUrl: 'http://127.0.0.1', keys: () => Promise.resolve(keys) };
    const { sendMessage } = createMessagingActivities(deps);
    const attempt = (input: ActionInput): Promise<string> =>
      new MockActivityEnvironment()
        .run(() => sendMessage(input))
        .then(
          () => 'ended',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
    return { sent, attempt, together: (inputs: readonly ActionInput[]) => Promise.all(inputs.map(attempt)) };
  }
  /** Another process, which knows nothing of this one. */
  const another = (sent?: string[]) => processOf({ ...database.app }, sent);

  /** A version of a journey that people enter once. */
  async function enteredOnce(): Promise<{ journeyId: string; versionId: string }> {
    const { workspaceId, system } = database;
    const [journeyId, versionId] = [newId(), newId()];
    await sql`insert into journey (workspace_id, id, slug, name) values (${workspaceId}, ${journeyId}, ${journeyId}, 'J')`.execute(
      kysely(system),
    );
    await sql`insert into journey_version (workspace_id, id, journey_id, version, sha256, definition, entry_events)
      values (${workspaceId}, ${versionId}, ${journeyId}, 1, ${versionId}, '{"reentry": "once"}', '{}')`.execute(
      kysely(system),
    );
    return { journeyId, versionId };
  }

  /** Open mails to new contacts in a journey that each of them enters once. */
  async function mailsOf(all: readonly Matter[], { actionId = 'mail/1' } = {}): Promise<ActionInput[]> {
    const { workspaceId, system, app } = database;
    const { journeyId, versionId } = await enteredOnce();
    const inputs: ActionInput[] = [];
    let address = '';
    for (const [at, matter] of all.entries()) {
      const { runId, contactId } = await startToyRun(database);
      if (matter !== 'same' || address === '') address = `p${at}.${journeyId}@example.com`;
      const email = matter === 'noAddress' ? null : address;
      const markdown = matter === 'template' ? '{{ missing | nothing }}' : 'Hello {{ contact.externalId }}';
      const content = { kind: 'inline', subject: `Hello ${journeyId}`, markdown };
      const params: JsonObject = { content, variables: {}, isTransactional: matter === 'transactional' };
      const open = [{ id: actionId, activity: 'sendMessage', step: 'mail', visit: 1, params }];
      await sql`update contact set email = ${email} where id = ${contactId}`.execute(kysely(system));
      await sql`update run set open = ${JSON.stringify(matter === 'paused' ? [] : open)}::jsonb, turn = 1, status = 'running'
        where id = ${runId}`.execute(kysely(system));
      await sql`insert into journey_run (workspace_id, run_id, journey_id, version_id, contact_id, entry)
        values (${workspaceId}, ${runId}, ${journeyId}, ${versionId}, ${contactId}, '{}')`.execute(kysely(system));
      await inWorkspace(app, workspaceId, async (tx) => {
        if (matter === 'unsubscribed')
          await suppress(tx, { ...hashedEmail(keys, workspaceId, address), reason: 'unsubscribed' });
        if (matter === 'leaving') await sendToRun(tx, { workspaceId, runId, kind: 'exit', ref: 'x', payload: {} });
      });
      inputs.push({ workspaceId, runId, key: `0/${actionId}` });
    }
    return inputs;
  }

  /** What became of each, with the addresses without their journey. */
  async function endOf(inputs: readonly ActionInput[]): Promise<unknown[]> {
    const ends: unknown[] = [];
    for (const { runId } of inputs) {
      const { rows } = await sql`
        select (select jsonb_agg(jsonb_build_object('state', state, 'error', error, 'attempt', attempt, 'deaths', deaths, 'frozen', frozen is not null) order by id)
            from effect where run_id = run.id) as effects,
          (select jsonb_agg(jsonb_build_object('kind', kind, 'ref', ref, 'payload', payload) order by seq) from run_inbox where run_id = run.id) as inbox,
          (select split_part(recipient, '.', 1) from mail join effect on effect.id = mail.effect_id where effect.run_id = run.id) as noted
        from run where id = ${runId}`.execute(kysely(database.system));
      ends.push(rows[0]);
    }
    return ends;
  }

  const localParts = (sent: readonly string[]): string[] => sent.map((to) => to.split('.')[0] ?? '').toSorted();

  it('are claimed, fenced and settled by as many statements as one is', async () => {
    const [one, many] = [await mailsOf(['well']), await mailsOf(Array.from({ length: 12 }, () => 'well'))];
    const { together, sent } = processOf(database.app);
    const alone = await statementsOf(() => together(one));
    const all = await statementsOf(() => together(many));
    expect(sent).toHaveLength(13);
    expect(all.map((text) => text.slice(0, 40))).toEqual(alone.map((text) => text.slice(0, 40)));
  });

  it('end each by its own: suppressed, paused, leaving, refused, or with an address that another of them has', async () => {
    const inputs = await mailsOf([
      'well',
      'same',
      'unsubscribed',
      'paused',
      'leaving',
      'template',
      'noAddress',
      'transactional',
    ]);
    const { together, sent } = processOf(database.app);
    expect(await together(inputs)).toEqual([
      'ended',
      'ended',
      'ended',
      'ended',
      'A turn of the run comes first',
      expect.stringContaining('nothing'),
      'ended',
      'ended',
    ]);
    expect(localParts(sent)).toEqual(['p0', 'p7']);
    const skipped = (reason: string) => [{ kind: expect.any(String), ref: '0/mail/1', payload: { skipped: reason } }];
    const ends = await endOf(inputs);
    expect(ends).toMatchObject([
      { effects: [{ state: 'done', attempt: 1 }], noted: 'p0' },
      { effects: [{ state: 'suppressed' }], inbox: skipped('another contact with this address has it'), noted: null },
      { effects: [{ state: 'suppressed' }], inbox: skipped('unsubscribed') },
      { effects: null, inbox: null },
      { effects: null },
      { effects: [{ state: 'rejected', error: { code: 'message.template' } }], inbox: null },
      { effects: [{ state: 'suppressed' }], inbox: skipped('no email address') },
      { effects: [{ state: 'done' }], noted: 'p7' },
    ]);
  });

  it('go without the one whose claim Postgres refuses', async () => {
    // Too long for an index.
    const poisoned = await mailsOf(['well'], { actionId: randomBytes(9_000).toString('hex') });
    const [before, after] = [await mailsOf(['well', 'well']), await mailsOf(['well'])];
    const { together, sent } = processOf(database.app);
    const ended = await together([...before, ...poisoned, ...after]);
    expect(ended).toEqual(['ended', 'ended', expect.stringContaining('index row'), 'ended']);
    expect(sent).toHaveLength(3);
    expect(await endOf([...before, ...after])).toMatchObject(
      [1, 2, 3].map(() => ({ effects: [{ state: 'done', attempt: 1 }] })),
    );
  });

  const losses: [string, Loss][] = [
    ['a statement', 'statement'],
    ['an answer', 'answer'],
    ['a process', 'process'],
  ];
  it.each(losses)('go out once each, and none is lost, wherever %s is lost', unlimited, async (_, loss) => {
    const matter: Matter[] = ['well', 'well', 'transactional'];
    const counting = createFailingDb(database);
    await processOf(counting.db).together(await mailsOf(matter));
    const statements = counting.statements();
    await counting.stop();
    expect(statements).toBeGreaterThan(10);
    for (let at = 1; at <= statements; at += 1) {
      const inputs = await mailsOf(matter);
      const ids = inputs.map(({ runId }) => runId);
      const sent: string[] = [];
      const failing = createFailingDb(database);
      failing.failAt(at, loss);
      const attempts = processOf(failing.db, sent).together(inputs);
      // A dead process ends no attempt.
      await (loss === 'process' ? failing.lost() : attempts);
      await sql`update effect set lease_until = now() - interval '1 second' where run_id = any(${ids}::uuid[]) and state = 'handedOff'`.execute(
        kysely(database.system),
      );
      const next = another(sent);
      for (const input of inputs) await next.attempt(input);
      await failing.stop();
      await attempts;
      const ends = (await endOf(inputs)) as { effects: { state: string }[]; inbox: unknown[] }[];
      const states = ends.map(({ effects }) => effects[0]?.state);
      expect(new Set(sent).size, `at ${at}`).toBe(sent.length);
      expect(ends.map(({ inbox }) => inbox.length)).toEqual([1, 1, 1]);
      // Only a process that died between the fence and its end leaves what nobody knows.
      if (loss === 'process') expect(['done', 'unknown']).toEqual(expect.arrayContaining(states));
      else expect([states, sent.length]).toEqual([['done', 'done', 'done'], 3]);
    }
  });

  it('end as they would one after the other', unlimited, async () => {
    const stories = fc.array(fc.constantFrom(...matters), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const [set, single] = [await mailsOf(story), await mailsOf(story)];
        const [one, other] = [another(), another()];
        const togetherEnded = await one.together(set);
        const ended: string[] = [];
        for (const input of single) ended.push(await other.attempt(input));
        expect(togetherEnded).toEqual(ended);
        expect(await endOf(set)).toEqual(await endOf(single));
        expect(localParts(one.sent)).toEqual(localParts(other.sent));
      }),
      { numRuns: Math.max(10, propertyRuns / 5) },
    );
  });
});
