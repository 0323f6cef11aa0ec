import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../test/support/gates.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestWork, type TestWork } from '../../test/support/worker.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { matchGates } from '../../platform/db/gates/gates.ts';
import { claimEffect } from '../../platform/db/ledger/claim-effects.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
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

  it('are left out to who may not decide any more, and so wait for no mail server (issue 14 §5, removed in the middle)', async () => {
    await test.doubles.control.addFault({ service: 'mail', fault: 'reply', at: 'rcpt', code: 451, count: 2 });
    const { gateId } = await openTestGate(database, { title: 'Still theirs?' });
    await pass();
    const ofBo = kysely(database.system).updateTable('member').where('name', '=', 'Bo');
    await ofBo.set({ disabled_at: new Date() }).execute();
    await kysely(database.system).updateTable('gate').set({ mail_at: new Date() }).where('id', '=', gateId).execute();
    expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
    expect((await mailsAbout('Still theirs?')).flatMap((mail) => mail.to)).toEqual(['ada@example.com']);
    expect((await effectStates(gateId)).toSorted()).toEqual(['done', 'suppressed']);
    await ofBo.set({ disabled_at: null }).execute();
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

  describe('after a rewind (a hostile reader)', () => {
    const spec = {
      step: 'approve',
      visit: 1,
      outcomes: [{ name: 'approve', label: 'Send it' }],
      assignee: { kind: 'role' as const, id: 'approver' },
      content: {},
      dueAt: null,
      onTimeout: null,
    };
    /** Takes a run back before its approval, which it comes to again. @returns the gate that is open then */
    const rewind = (runId: string, title: string): Promise<string> =>
      inWorkspace(database.app, database.workspaceId, async (tx) => {
        await kysely(tx).updateTable('run').set({ generation: 1 }).where('id', '=', runId).execute();
        const run = await lockRun(tx, database.workspaceId, runId);
        if (!run) throw new Error('The run was just made');
        await matchGates(tx, run, 1, [{ ...spec, title }]);
        const open = kysely(tx)
          .selectFrom('gate')
          .select('id')
          .where('run_id', '=', runId)
          .where('status', '=', 'open');
        return (await open.executeTakeFirstOrThrow()).id;
      });
    const bothOf = async (title: string): Promise<string[]> =>
      (await mailsAbout(title)).flatMap((mail) => mail.to).toSorted();
    const [ada, bo] = ['ada@example.com', 'bo@example.com'];

    it('reach each member again in the round that it begins', async () => {
      const { runId } = await openTestGate(database, { title: 'Round one?' });
      await pass();
      const again = await rewind(runId, 'Round two?');
      expect([await pass(), await mailAt(again)]).toEqual([1, null]);
      expect([await bothOf('Round one?'), await bothOf('Round two?')]).toEqual([
        [ada, bo],
        [ada, bo],
      ]);
    });

    it('reach each member once whose mail the server took later', async () => {
      const { runId } = await openTestGate(database, { title: 'Never mailed?' });
      const again = await rewind(runId, 'Only now?');
      await test.doubles.control.addFault({ service: 'mail', fault: 'reply', at: 'rcpt', code: 451, count: 2 });
      await pass();
      expect([await effectStates(again), await bothOf('Only now?')]).toEqual([['deferred', 'deferred'], []]);
      await kysely(database.system).updateTable('gate').set({ mail_at: new Date() }).where('id', '=', again).execute();
      expect([await pass(), await bothOf('Only now?'), await bothOf('Never mailed?')]).toEqual([1, [ada, bo], []]);
    });

    it('are not the mail that the approval is about, which has their step and visit', async () => {
      const { runId } = await openTestGate(database, { title: 'Did it leave?' });
      await rewind(runId, 'Did it leave, then?');
      await pass();
      const { workspaceId } = database;
      const plan = { workspaceId, runId, key: `${runId}/approve/1`, step: 'approve', visit: 1, generation: 1 };
      const claim = await inWorkspace(database.app, workspaceId, (tx) =>
        claimEffect(tx, { ...plan, kind: 'email', mode: 'atMostOnce', request: {} }, () => true),
      );
      expect(claim).toMatchObject({ kind: 'claimed', effect: { key: plan.key, request: {} } });
    });
  });

  describe('while an exit event is unread whose filter the run has not looked at (a hostile reader)', () => {
    const write = async (statement: ReturnType<typeof sql>): Promise<void> =>
      void (await statement.execute(kysely(database.system)));
    /** A turn reads what has come, which does not end the run, and the mails about its gate are due again. */
    const read = async ({ runId, gateId }: { runId: string; gateId: string }): Promise<void> => {
      await write(sql`update run_inbox set consumed_turn = 1 where run_id = ${runId}`);
      await write(sql`update gate set mail_at = now() where id = ${gateId}`);
    };

    it('are sent once it is read, where it came before they were claimed', async () => {
      const { workspaceId } = database;
      const { runId, gateId } = await openTestGate(database, { title: 'Bought for 5?' });
      const event = { workspaceId, runId, kind: 'event', ref: 'bought', payload: { purpose: 'exit' } };
      await inWorkspace(database.app, workspaceId, (tx) => enqueueMessage(tx, event));
      expect([await pass(), await mailsAbout('Bought for 5?')]).toEqual([1, []]);
      expect([await effectStates(gateId), await mailAt(gateId)]).toEqual([[], expect.any(Date)]);
      await read({ runId, gateId });
      expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
      expect(await mailsAbout('Bought for 5?')).toHaveLength(2);
    });

    it('are sent once it is read, where it came before they left, and no worker counts as dead', async () => {
      const { runId, gateId } = await openTestGate(database, { title: 'Bought meanwhile?' });
      const owner = createDb(database.config, 'tl_owner', 1);
      // The event is there with the claim, and so before the fence.
      await sql`create function buy() returns trigger language plpgsql as 'begin
        insert into run_inbox (workspace_id, run_id, kind, ref, payload)
        values (new.workspace_id, new.run_id, ''event'', new.key, ''{"purpose": "exit"}''); return new; end'`.execute(
        kysely(owner),
      );
      await sql`create trigger buy after insert on effect for each row when (new.run_id = ${sql.lit(runId)}) execute function buy()`.execute(
        kysely(owner),
      );
      expect([await pass(), await mailsAbout('Bought meanwhile?')]).toEqual([1, []]);
      await sql`drop function buy cascade`.execute(kysely(owner));
      await owner.destroy();
      expect([await effectStates(gateId), await mailAt(gateId)]).toEqual([['deferred'], expect.any(Date)]);
      await read({ runId, gateId });
      expect([await pass(), await mailAt(gateId)]).toEqual([1, null]);
      expect(await mailsAbout('Bought meanwhile?')).toHaveLength(2);
      const deaths = kysely(database.system).selectFrom('effect').select('deaths').where('run_id', '=', runId);
      expect(await deaths.execute()).toEqual([{ deaths: 0 }, { deaths: 0 }]);
    });
  });

  async function effectStates(gateId: string): Promise<string[]> {
    const rows = await kysely(database.system).selectFrom('effect').select(['state', 'request']).execute();
    return rows.filter((row) => (row.request as { gate?: string }).gate === gateId).map((row) => row.state);
  }
});
