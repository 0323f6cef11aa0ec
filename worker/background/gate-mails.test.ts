import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../test/support/gates.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startTestWorker, type TestWorker } from '../../test/support/worker.ts';
import { createDb } from '../../platform/db/pool.ts';
import { ensureMember } from '../../platform/db/provisioning.ts';

describe('the mails about a gate', () => {
  let database: TestDatabase;
  let worker: TestWorker;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { workspaceId } = database;
    const people = [
      { email: 'ada@example.com', name: 'Ada', roles: ['approver'] as const },
      { email: 'bo@example.com', name: 'Bo', roles: ['approver', 'viewer'] as const },
      { email: 'cy@example.com', name: 'Cy', roles: ['viewer'] as const },
    ];
    const owner = createDb(database.config, 'tl_owner', 1);
    for (const { roles, ...person } of people) await ensureMember(owner, { workspaceId, ...person, roles: [...roles] });
    await owner.destroy();
    worker = await startTestWorker(database);
  });
  afterAll(async () => {
    await worker?.stop();
    await database?.stop();
  });

  const mailsAbout = async (title: string) =>
    (await worker.doubles.control.mails()).filter((mail) => mail.subject === `Please decide: ${title}`);
  const mailAt = async (gateId: string) =>
    (await database.system.selectFrom('gate').select('mail_at').where('id', '=', gateId).executeTakeFirstOrThrow())
      .mail_at;

  it('reach each member with the role once, with a link of their own', async () => {
    const { gateId } = await openTestGate(database, { title: 'Send *this*?' });
    await eventually('mailed', async () => (await mailAt(gateId)) === null);
    const mails = await mailsAbout('Send *this*?');
    expect(mails.flatMap((mail) => mail.to).toSorted()).toEqual(['ada@example.com', 'bo@example.com']);
    const links = mails.map((mail) => /\/g\/[\w-]{20,}/.exec(mail.text)?.[0]);
    expect(new Set(links).size).toBe(2);
    expect(mails[0]?.html).not.toContain('<b>there</b>');
    expect(mails[0]?.text).toContain('Hello <b>there</b>');
  });

  it('come again only where the mail server said later, and once', async () => {
    await worker.doubles.control.addFault({ service: 'mail', fault: 'reply', at: 'rcpt', code: 451, count: 2 });
    const { gateId } = await openTestGate(database, { title: 'Later?' });
    await eventually('tried', async () => (await effectStates(gateId)).includes('deferred'));
    await database.system.updateTable('gate').set({ mail_at: new Date() }).where('id', '=', gateId).execute();
    await eventually('mailed', async () => (await mailAt(gateId)) === null);
    expect(await mailsAbout('Later?')).toHaveLength(2);
  });

  it('are not sent about a gate that is over', async () => {
    const { gateId } = await openTestGate(database, { title: 'Over?', assignee: { kind: 'role', id: 'viewer' } });
    await eventually('mailed', async () => (await mailAt(gateId)) === null);
    await database.system
      .updateTable('gate')
      .set({ status: 'withdrawn', mail_at: new Date() })
      .where('id', '=', gateId)
      .execute();
    await eventually('looked at', async () => (await mailAt(gateId)) === null);
    expect(await mailsAbout('Over?')).toHaveLength(2);
  });

  async function effectStates(gateId: string): Promise<string[]> {
    const rows = await database.system.selectFrom('effect').select(['state', 'request']).execute();
    return rows.filter((row) => (row.request as { gate?: string }).gate === gateId).map((row) => row.state);
  }
});
