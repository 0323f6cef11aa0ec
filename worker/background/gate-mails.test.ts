import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../test/support/gates.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestWork, type TestWork } from '../../test/support/worker.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { ensureMember } from '../../platform/db/access/provisioning.ts';
import { createLogger } from '../../platform/log.ts';
import { mailGatesOnce } from './gate-mails.ts';

describe('the mails about a gate', () => {
  let database: TestDatabase;
  let test: TestWork;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { workspaceId } = database;
    const people = [
      { email: 'ada@example.com', name: 'Ada', roles: ['approver'] as const },
      { email: 'bo@example.com', name: 'Bo', roles: ['approver', 'viewer'] as const },
      { email: 'cy@example.com', name: 'Cy', roles: ['viewer'] as const },
      { email: 'di@example.com', name: 'Di', roles: ['admin'] as const },
    ];
    const owner = createDb(database.config, 'tl_owner', 1);
    for (const { roles, ...person } of people) await ensureMember(owner, { workspaceId, ...person, roles: [...roles] });
    await owner.destroy();
    test = await startTestWork(database);
  });
  afterAll(async () => {
    await test?.stop();
    await database?.stop();
  });

  /** @returns how many gates the pass took */
  const pass = (): Promise<number> =>
    mailGatesOnce({
      db: database.system,
      mailGate: (gate) => test.work.mailGate(gate),
      log: createLogger({ name: 'test', level: 'silent' }),
    });
  const mailsAbout = async (title: string) =>
    (await test.doubles.control.mails()).filter((mail) => mail.subject === `Please decide: ${title}`);
  const mailAt = async (gateId: string) =>
    (
      await kysely(database.system)
        .selectFrom('gate')
        .select('mail_at')
        .where('id', '=', gateId)
        .executeTakeFirstOrThrow()
    ).mail_at;

  it('reach each member with the role once, with a link of their own', async () => {
    const { gateId } = await openTestGate(database, { title: 'Send *this*?' });
    expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
    const mails = await mailsAbout('Send *this*?');
    expect(mails.flatMap((mail) => mail.to).toSorted()).toEqual(['ada@example.com', 'bo@example.com']);
    const links = mails.map((mail) => /\/g\/[\w-]{20,}/.exec(mail.text)?.[0]);
    expect(new Set(links).size).toBe(2);
    expect(mails[0]?.html).not.toContain('<b>there</b>');
    expect(mails[0]?.text).toContain('Hello <b>there</b>');
    expect(await pass()).toBe(0);
  });

  it('come again only where the mail server said later, and once', async () => {
    await test.doubles.control.addFault({ service: 'mail', fault: 'reply', at: 'rcpt', code: 451, count: 2 });
    const { gateId } = await openTestGate(database, { title: 'Later?' });
    expect([await pass(), await mailsAbout('Later?')]).toEqual([1, []]);
    expect(await effectStates(gateId)).toEqual(['deferred', 'deferred']);
    // Not before its time.
    expect(await pass()).toBe(0);
    await kysely(database.system).updateTable('gate').set({ mail_at: new Date() }).where('id', '=', gateId).execute();
    expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
    expect(await mailsAbout('Later?')).toHaveLength(2);
  });

  it('reach the admins where the gate names nobody who is there (caseflow#11811)', async () => {
    await openTestGate(database, { title: 'Left?', assignee: { kind: 'role', id: 'designer' } });
    await pass();
    expect((await mailsAbout('Left?')).flatMap((mail) => mail.to)).toEqual(['di@example.com']);
  });

  it('are not sent about a gate that is over', async () => {
    const { gateId } = await openTestGate(database, { title: 'Over?', assignee: { kind: 'role', id: 'viewer' } });
    await pass();
    await kysely(database.system)
      .updateTable('gate')
      .set({ status: 'withdrawn', mail_at: new Date() })
      .where('id', '=', gateId)
      .execute();
    expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
    expect(await mailsAbout('Over?')).toHaveLength(2);
  });

  async function effectStates(gateId: string): Promise<string[]> {
    const rows = await kysely(database.system).selectFrom('effect').select(['state', 'request']).execute();
    return rows.filter((row) => (row.request as { gate?: string }).gate === gateId).map((row) => row.state);
  }
});
