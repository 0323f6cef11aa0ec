import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { MailOutcome } from '../../contracts/core/providers.ts';
import { takeReport } from '../../platform/db/contacts/mails.ts';
import { hashedEmail, isSuppressed, suppress } from '../../platform/db/contacts/suppression.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { rotateStored } from '../../platform/db/keys/key-rotation.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { enteredOnce, takeAddresses } from '../../platform/db/journeys/mailed-addresses.ts';
import { claimEffect } from '../../platform/db/ledger/claim-effects.ts';
import { newId } from '../../platform/ids.ts';
import { masterKey, masterKeys } from '../../platform/keys/master-keys.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import type { EmailSender } from '../providers/email/smtp/smtp-pool.ts';
import { createMailOf } from './mail-of-workspace.ts';
import { createMessagingActivities } from './messaging.activities.ts';
import type { Senders } from './senders.ts';

const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
const senders: Senders = [
  { name: 'Us', address: 'us@example.com' },
  { name: 'Music', address: 'music@example.com' },
];

function routes(database: TestDatabase, email: EmailSender) {
  const signing = { messageIdDomain: 'example.com', messageIdSecret: TEST_KEY };
  const installation = { email, signing, senders, returnPath: 'back+*@example.com' };
  const config = { STAND_INS: '', SMTP_CONNECTIONS: 1, SMTP_MAILS_PER_CONNECTION: 1 };
  return {
    installation,
    ...createMailOf({ db: database.app, keys: () => Promise.resolve(keys), config, installation }),
  };
}

describe('a mail', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  type Sent = { sentTo: string[]; sentFrom: string[]; received: unknown[] };
  type Mailing = {
    runId: string;
    contactId: string;
    email: string;
    /** Tries to send; the server says `outcome`. */
    attempt(outcome?: MailOutcome, generation?: number): Promise<void>;
    sent(): Promise<Sent>;
  };

  /** An open mail to a new contact. */
  async function mailing(params: JsonObject, of?: string): Promise<Mailing> {
    const { workspaceId, system } = database;
    const { runId, contactId } = await startToyRun(database);
    const email = `${contactId}@example.com`;
    await kysely(system).updateTable('contact').set({ email }).where('id', '=', contactId).execute();
    if (of !== undefined)
      await kysely(system).updateTable('run').set({ contact_id: of }).where('id', '=', runId).execute();
    const content = { kind: 'inline', subject: 'Hello', markdown: 'Hello' };
    const action = { id: 'mail/1', activity: 'sendMessage', step: 'mail', visit: 1 };
    const open = JSON.stringify([{ ...action, params: { content, variables: {}, ...params } }]);
    await kysely(system).updateTable('run').set({ open, turn: 1, status: 'running' }).where('id', '=', runId).execute();

    const sentTo: string[] = [];
    const sentFrom: string[] = [];
    const activities = (outcome: MailOutcome) =>
      createMessagingActivities({
        db: database.app,
        ...routes(database, {
          async send({ envelope, raw, fence }) {
            if (outcome.kind !== 'sent') return outcome;
            if (!(await fence())) return { kind: 'fenced' };
            sentTo.push(envelope.to.replace(contactId, 'contact'));
            const head = Buffer.from(raw).toString().split('\r\n\r\n', 1).join('');
            sentFrom.push(
              envelope.from.replace(/[0-9a-f]{56}/, 'ID'),
              ...(head.match(/^(From|Reply-To): .*$/gm) ?? []),
            );
            return outcome;
          },
          close: () => Promise.resolve(),
        }),
        publicUrl: 'http://127.0.0.1',
        keys: () => Promise.resolve(keys),
      });
    return {
      runId,
      contactId,
      email,
      async attempt(outcome = { kind: 'sent', reply: '250', serverMessageId: null }, generation = 0) {
        const { sendMessage } = activities(outcome);
        await new MockActivityEnvironment().run(() => sendMessage({ workspaceId, runId, key: `${generation}/mail/1` }));
      },
      async sent() {
        const inbox = kysely(system).selectFrom('run_inbox').select('payload').where('run_id', '=', runId);
        return { sentTo, sentFrom, received: (await inbox.execute()).map(({ payload }) => payload) };
      },
    };
  }

  /** A version of a journey of its own. */
  async function versionOf(reentry: string): Promise<string> {
    const { workspaceId, system } = database;
    const slug = newId();
    const journey = { workspace_id: workspaceId, slug, name: slug };
    const { id } = await kysely(system).insertInto('journey').values(journey).returning('id').executeTakeFirstOrThrow();
    const version = { workspace_id: workspaceId, journey_id: id, version: 1, sha256: slug, entry_events: [] };
    const definition = JSON.stringify({ reentry });
    const stored = kysely(system)
      .insertInto('journey_version')
      .values({ ...version, definition })
      .returning('id');
    return (await stored.executeTakeFirstOrThrow()).id;
  }

  async function enter(versionId: string, { runId, contactId }: { runId: string; contactId: string }): Promise<void> {
    const { workspaceId, system } = database;
    const version = kysely(system).selectFrom('journey_version').select('journey_id').where('id', '=', versionId);
    const { journey_id } = await version.executeTakeFirstOrThrow();
    const row = { workspace_id: workspaceId, run_id: runId, journey_id, version_id: versionId, contact_id: contactId };
    await kysely(system)
      .insertInto('journey_run')
      .values({ ...row, entry: '{}' })
      .execute();
  }

  /** Sends a mail to a new contact. @returns the addresses that it went to and came from, and what its run received */
  async function send(params: JsonObject, isUnsubscribed: boolean): Promise<Sent> {
    const { workspaceId } = database;
    const mail = await mailing(params);
    // In other letters than those of the contact: the address is the same.
    const channel = { ...hashedEmail(keys, workspaceId, mail.email.toUpperCase()), reason: 'unsubscribed' as const };
    if (isUnsubscribed) await inWorkspace(database.app, workspaceId, (tx) => suppress(tx, channel));
    await mail.attempt();
    return mail.sent();
  }

  it('sends nothing in quiet hours that have begun since the mail was asked for (ThirdSetMauticTimingBundle#7, mautic#6352)', async () => {
    const clock = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const quiet = { from: clock(-1), to: clock(1), zone: 'UTC', over: 'hold' };
    const held = await mailing({ quiet });
    await expect(held.attempt()).rejects.toThrow('Quiet hours until');
    expect(await held.sent()).toMatchObject({ sentTo: [], received: [] });
    const left = await mailing({ quiet: { ...quiet, over: 'skip' } });
    await left.attempt();
    expect(await left.sent()).toMatchObject({ sentTo: [], received: [{ skipped: 'quiet hours' }] });
    const day = await mailing({ quiet: { ...quiet, from: clock(-3), to: clock(-2) } });
    await day.attempt();
    expect(await day.sent()).toMatchObject({ sentTo: ['contact@example.com'] });
  });

  it('is sent to no address that does not exist, and what the person wants is another matter (mautic#4356)', async () => {
    const mail = await mailing({ isTransactional: true });
    const error = { code: 'email.recipient_refused', message: 'The mail server refused the recipient (550).' };
    await expect(mail.attempt({ kind: 'rejected', error, bounce: '550 5.1.1' })).rejects.toThrow(
      'refused the recipient',
    );
    const next = await mailing({ isTransactional: true }, mail.contactId);
    await next.attempt();
    expect(await next.sent()).toMatchObject({
      sentTo: [],
      received: [{ skipped: 'there is no such address (550 5.1.1)' }],
    });
    await kysely(database.system)
      .updateTable('contact')
      .set({ email: 'x@example.com' })
      .where('id', '=', mail.contactId)
      .execute();
    const mended = await mailing({}, mail.contactId);
    await mended.attempt();
    expect(await mended.sent()).toMatchObject({ sentTo: ['x@example.com'] });
  });

  it('is sent to no address that does not exist, though its person had unsubscribed before', async () => {
    const mail = await mailing({ isTransactional: true });
    const closed = { ...hashedEmail(keys, database.workspaceId, mail.email), reason: 'unsubscribed' as const };
    await inWorkspace(database.app, database.workspaceId, (tx) => suppress(tx, closed));
    const error = { code: 'email.recipient_refused', message: 'The mail server refused the recipient (550).' };
    await expect(mail.attempt({ kind: 'rejected', error, bounce: '550 5.1.1' })).rejects.toThrow('refused');
    const next = await mailing({ isTransactional: true }, mail.contactId);
    await next.attempt();
    expect(await next.sent()).toMatchObject({
      sentTo: [],
      received: [{ skipped: 'there is no such address (550 5.1.1)' }],
    });
  });

  it('goes once to an address that two contacts have, where the journey is entered once (mautic#4759)', async () => {
    const both = async (reentry: string, params: JsonObject = {}) => {
      const versionId = await versionOf(reentry);
      const [first, second] = [await mailing(params), await mailing(params)];
      await kysely(database.system)
        .updateTable('contact')
        .set({ email: first.email.toUpperCase() })
        .where('id', '=', second.contactId)
        .execute();
      for (const { runId, contactId } of [first, second]) await enter(versionId, { runId, contactId });
      return { first, second };
    };
    const once = await both('once');
    await once.first.attempt();
    await once.second.attempt();
    expect((await once.first.sent()).sentTo).toHaveLength(1);
    expect(await once.second.sent()).toMatchObject({
      sentTo: [],
      received: [{ skipped: 'another contact with this address has it' }],
    });

    // One more run of the first, in the place of one that failed, is no other contact.
    const anew = await mailing({}, once.first.contactId);
    const { version_id } = await kysely(database.system)
      .selectFrom('journey_run')
      .select('version_id')
      .where('run_id', '=', once.first.runId)
      .executeTakeFirstOrThrow();
    await enter(version_id, { runId: anew.runId, contactId: once.first.contactId });
    await anew.attempt();
    expect((await anew.sent()).sentTo).toHaveLength(1);

    const refused = await both('once');
    const error = { code: 'email.refused', message: 'no' };
    await expect(refused.first.attempt({ kind: 'rejected', error })).rejects.toThrow('no');
    for (const pair of [refused, await both('always'), await both('once', { isTransactional: true })]) {
      if (pair !== refused) await pair.first.attempt();
      await pair.second.attempt();
      expect((await pair.second.sent()).sentTo).toHaveLength(1);
    }
  });

  it('goes once to a shared address also where both contacts reach the step at the same instant', async () => {
    const { workspaceId, system, app } = database;
    const versionId = await versionOf('once');
    const [first, second] = [await mailing({}), await mailing({})];
    const { email } = first;
    await kysely(system).updateTable('contact').set({ email }).where('id', '=', second.contactId).execute();
    for (const { runId, contactId } of [first, second]) await enter(versionId, { runId, contactId });
    const [claimed, both] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const claiming = inWorkspace(app, workspaceId, async (tx) => {
      const { runId } = first;
      const of = { workspaceId, runId, step: 'mail', visit: 1, generation: 0, key: `${runId}/mail/1`, request: {} };
      await claimEffect(tx, { ...of, kind: 'email', mode: 'atMostOnce' }, () => true);
      const address = hashedEmail(keys, workspaceId, email);
      const entered = await readOne(tx, enteredOnce({ workspaceId, runId }));
      expect(await takeAddresses(tx, workspaceId, [{ runId, step: 'mail', entered, address }])).toEqual([true]);
      claimed.resolve();
      await both.promise;
    });
    await claimed.promise;
    const sending = second.attempt();
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%mailed_address%'`;
    await expect.poll(async () => (await waiting.execute(kysely(app))).rows[0]?.count).toBe(1);
    both.resolve();
    await Promise.all([claiming, sending]);
    expect(await second.sent()).toMatchObject({
      sentTo: [],
      received: [{ skipped: 'another contact with this address has it' }],
    });
  });

  it('is not sent again by the run that stays when two contacts were joined, unless the other could not send it', async () => {
    const { system } = database;
    const versionId = await versionOf('always');
    for (const [hasSent, isWritten] of [
      [true, false],
      [true, true],
      [false, false],
    ]) {
      const [ended, stays] = [await mailing({}), await mailing({})];
      for (const { runId, contactId } of [ended, stays]) await enter(versionId, { runId, contactId });
      const error = { code: 'email.refused', message: 'no' };
      if (isWritten) await expect(stays.attempt({ kind: 'deferred', error })).rejects.toThrow('no');
      if (hasSent) await ended.attempt();
      else await expect(ended.attempt({ kind: 'rejected', error })).rejects.toThrow('no');
      const joined = kysely(system).updateTable('journey_run').set({ merged_into: stays.runId });
      await joined.where('run_id', '=', ended.runId).execute();
      await stays.attempt();
      expect((await stays.sent()).sentTo).toHaveLength(hasSent ? 0 : 1);
      if (hasSent)
        expect((await stays.sent()).received).toMatchObject([
          { skipped: 'the run that was joined with this one has sent it' },
        ]);
    }
  });

  it('that people get again and again from runs of their own is an incident (superset#6747)', async () => {
    const { system } = database;
    const incidents = () =>
      kysely(system)
        .selectFrom('incident')
        .select(['message', 'state'])
        .where('kind', '=', 'journey.repeats')
        .execute();
    const versionId = await versionOf('perKey');
    const first = await mailing({});
    const runs = [first];
    for (let n = 0; n < 5; n += 1) runs.push(await mailing({}, first.contactId));
    for (const { runId } of runs) await enter(versionId, { runId, contactId: first.contactId });
    const other = await mailing({}, first.contactId);
    await enter(await versionOf('perKey'), { runId: other.runId, contactId: first.contactId });
    for (const { attempt } of [...runs.slice(0, 4), other]) await attempt();
    expect(await incidents()).toEqual([]);
    const locked = sql`select from incident where kind = 'journey.repeats' for update`;
    for (const { attempt, sent } of runs.slice(4)) {
      // Who has nothing to add to the incident waits for none who does.
      await kysely(system)
        .transaction()
        .execute(async (tx) => {
          await locked.execute(tx);
          await attempt();
        });
      expect((await sent()).sentTo).toHaveLength(1);
      expect(await incidents()).toEqual([
        { message: expect.stringContaining('has sent one person the mail of its step mail five times'), state: 'open' },
      ]);
    }
  });

  it('that was deferred goes where it was to go, though the contact has another address now (F12)', async () => {
    const mail = await mailing({});
    const later = { kind: 'deferred', error: { code: 'email.deferred', message: 'later' } } as const;
    await expect(mail.attempt(later)).rejects.toThrow('later');
    const change = kysely(database.system).updateTable('contact').set({ email: 'new@example.com' });
    await change.where('id', '=', mail.contactId).execute();
    await mail.attempt();
    expect(await mail.sent()).toMatchObject({ sentTo: ['contact@example.com'] });
  });

  it('is noted with its subject and the address that it goes to, and carries an id that reports about it are known by', async () => {
    const mail = await mailing({});
    await mail.attempt();
    const { contactId, email } = mail;
    const { workspaceId, system, app } = database;
    const noted = await kysely(system).selectFrom('mail').selectAll().where('contact_id', '=', contactId).execute();
    expect(noted).toEqual([expect.objectContaining({ recipient: email, subject: 'Hello' })]);
    const [{ effect_id: effectId } = { effect_id: '' }] = noted;
    const at = new Date();
    const gone = { id: 'x', effectId, kind: 'bounced', status: '5.1.1', diagnostic: null, at } as const;
    expect(await takeReport(app, keys, gone)).toBe('taken');
    expect(await inWorkspace(app, workspaceId, (tx) => isSuppressed(tx, hashedEmail(keys, workspaceId, email)))).toBe(
      true,
    );
  });

  it('that goes to another address after a rewind is noted with that one, which a bounce closes (a hostile reader)', async () => {
    const { workspaceId, system, app } = database;
    const { runId, contactId, email: old, attempt, sent } = await mailing({});
    const error = { code: 'email.busy', message: 'later' };
    await expect(attempt({ kind: 'deferred', error })).rejects.toThrow('later');
    const email = `new-${old}`;
    await kysely(system).updateTable('contact').set({ email }).where('id', '=', contactId).execute();
    await kysely(system).updateTable('run').set({ generation: 1 }).where('id', '=', runId).execute();
    await attempt(undefined, 1);
    expect((await sent()).sentTo).toEqual(['new-contact@example.com']);
    const noted = kysely(system)
      .selectFrom('mail')
      .select(['effect_id', 'recipient'])
      .where('contact_id', '=', contactId);
    const { effect_id: effectId, recipient } = await noted.executeTakeFirstOrThrow();
    expect(recipient).toBe(email);
    const gone = { id: newId(), effectId, kind: 'bounced', status: '5.1.1', diagnostic: null, at: new Date() } as const;
    expect(await takeReport(app, keys, gone)).toBe('taken');
    const isClosed = (address: string): Promise<boolean> =>
      inWorkspace(app, workspaceId, (tx) => isSuppressed(tx, hashedEmail(keys, workspaceId, address)));
    expect([await isClosed(email), await isClosed(old)]).toEqual([true, false]);
  });

  it('to one who has unsubscribed is not sent, and its run goes on with the reason', async () => {
    expect(await send({}, true)).toMatchObject({ sentTo: [], received: [{ skipped: 'unsubscribed' }] });
  });

  it('is sent to them where it is no mail of a list, and to others', async () => {
    const sent = { sentTo: ['contact@example.com'], received: [{ reply: '250', serverMessageId: null }] };
    expect(await send({ isTransactional: true }, true)).toMatchObject(sent);
    expect(await send({}, false)).toMatchObject(sent);
  });

  it.each([
    [{}, ['back+ID@example.com', 'From: Us <us@example.com>']],
    [{ mail_from: 'Music@example.com' }, ['back+ID@example.com', 'From: Music <music@example.com>']],
    [
      { mail_name: 'Anna', mail_reply_to: 'music@example.com' },
      ['back+ID@example.com', 'From: Anna <us@example.com>', 'Reply-To: Music <music@example.com>'],
    ],
    [
      { mail_from: 'gone@example.com', mail_reply_to: 'gone@example.com' },
      ['back+ID@example.com', 'From: Us <us@example.com>'],
    ],
  ])('comes from whom its workspace has, as long as the settings have them: %o', async (chosen, from) => {
    const usual = { mail_from: null, mail_name: null, mail_reply_to: null };
    const change = (to: object) =>
      kysely(database.system).updateTable('workspace').set(to).where('id', '=', database.workspaceId).execute();
    await change({ ...usual, ...chosen });
    const { sentFrom } = await send({}, false);
    await change(usual);
    expect(sentFrom).toEqual(from);
  });

  it('is known to have gone to its address after a rotation of the master key too', async () => {
    const { workspaceId, system } = database;
    const mail = await mailing({});
    await enter(await versionOf('once'), mail);
    await mail.attempt();
    const next = masterKey('another master key of these tests 00000000');
    const rotated = { current: next, all: [next, ...keys.all] };
    await rotateStored(system, rotated, () => undefined);
    const kept = kysely(system).selectFrom('mailed_address').select('address_hash').where('run_id', '=', mail.runId);
    expect(await kept.execute()).toEqual([{ address_hash: hashedEmail(rotated, workspaceId, mail.email).hash }]);
  });
});
