import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { advance } from '../../domain/journeys/advance.ts';
import { type JourneyEntry, startJourney, storedState } from '../../domain/journeys/state.ts';
import { matchGates } from '../../platform/db/gates/gates.ts';
import { journeyFacts, loadDefinition } from '../../platform/db/journeys/journey-runs.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { writeTurns } from '../../platform/db/runs/write-turns.ts';
import { createGateLink } from '../../platform/db/gates/gate-links.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { openTestGate } from '../../test/support/gates.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

describe('gates', () => {
  const { database, api } = useTestApi();
  let approver: { memberId: string; cookie: string };
  beforeAll(async () => {
    approver = await api.member(['approver']);
  });

  const decide = (
    gateId: string,
    contentHash: string,
    outcome: string,
    by: { cookie?: string; key?: string },
    more = {},
  ) =>
    api.call({
      method: 'POST',
      url: `/v1/gates/${gateId}/decisions`,
      ...by,
      body: { outcome, round: 1, expectedHash: contentHash, ...more },
    });
  const mailboxOf = (runId: string) =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'ref', 'payload'])
      .where('run_id', '=', runId)
      .execute();

  it('shows the mail that an outcome sends, as its reader will see it (dashboard F10)', async () => {
    const key = await api.key(['journeys:write', 'journeys:publish', 'templates:write', 'events:write', 'gates:read']);
    const content = { subject: 'Hello {{ contact.externalId }}', markdown: 'Your plan: **{{ contact.plan }}**' };
    await api.call({ method: 'PUT', url: '/v1/templates/message/approved', key, body: { content } });
    const mail: JourneyNode = {
      kind: 'email',
      id: 'hello',
      content: { kind: 'template', template: 'approved@production' },
    };
    const outcomes = [
      { name: 'approve', label: 'Send it', steps: [mail] },
      { name: 'stop', steps: [] },
    ];
    const assign = { kind: 'role', id: 'approver' } as const;
    const check: JourneyNode = {
      kind: 'approval',
      id: 'check',
      assign,
      show: { kind: 'object', fields: {} },
      outcomes,
    };
    await publishJourney(api, key, sampleJourney('approved', { entry: [{ event: 'Asked' }], steps: [check] }));
    const events = [sampleEvent('asked-1', 'Asked', 'bea')];
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    const gate = await inWorkspace(database.app, database.workspaceId, async (tx) => {
      const { id } = await kysely(tx)
        .selectFrom('run')
        .select('id')
        .where('title', '=', 'Journey approved')
        .executeTakeFirstOrThrow();
      const run = await lockRun(tx, database.workspaceId, id);
      if (!run) throw new Error('The run was just made');
      const { versionId, entry, contact, workspaceZone } = await readOne(
        tx,
        journeyFacts({ workspaceId: database.workspaceId, runId: id }),
      );
      const definition = (await loadDefinition(tx, database.workspaceId, versionId)) as JourneyDefinition;
      const facts = { now: new Date().toISOString(), mailbox: [], contact, workspaceZone };
      const turn = advance(definition, startJourney(entry as JourneyEntry), facts);
      await matchGates(tx, run, run.generation, turn.gates);
      const advanced = { ...turn, state: storedState(turn.state) as unknown as JsonObject };
      const { generation } = run;
      const record = { turn: 1, generation, advanced, consumed: [], now: run.now, temporalRunId: null };
      await writeTurns(tx, [{ run, ...record, state: JSON.stringify(advanced.state) }]);
      return kysely(tx).selectFrom('gate').select('id').where('run_id', '=', id).executeTakeFirstOrThrow();
    });
    const mails = async () => (await api.call({ url: `/v1/gates/${gate.id}/mails`, key })).json['mails'];
    const place = { outcome: 'approve', step: 'hello', title: 'Hello' };
    expect(await mails()).toEqual([{ ...place, mail: null, fault: expect.stringContaining('contact.plan') }]);
    const plan = kysely(database.system)
      .updateTable('contact')
      .set({ attributes: JSON.stringify({ plan: 'pro' }) });
    await plan.where('external_id', '=', 'bea').execute();
    const text = 'Your plan: pro';
    expect(await mails()).toEqual([
      {
        ...place,
        mail: { subject: 'Hello bea', text, html: expect.stringContaining('Your plan: <strong>pro</strong>') },
        fault: null,
      },
    ]);
    const { gateId } = await openTestGate(database);
    expect((await api.call({ url: `/v1/gates/${gateId}/mails`, key })).json).toEqual({ mails: [] });
  });

  it('shows what waits for me, and decides it once', async () => {
    const { gateId, contentHash, runId } = await openTestGate(database);
    const viewer = await api.member(['viewer']);
    const mine = await api.call({ url: '/v1/gates?assignedTo=me&status=open', cookie: approver.cookie });
    expect(mine.status).toBe(200);
    expect(mine.json['items']).toContainEqual(expect.objectContaining({ id: gateId, mine: true, runTitle: 'Welcome' }));
    const theirs = await api.call({ url: '/v1/gates?assignedTo=me', cookie: viewer.cookie });
    expect(theirs.json['items']).toEqual([]);

    expect((await decide(gateId, contentHash, 'approve', viewer)).json['code']).toBe('gate.notAssigned');
    const first = await decide(gateId, contentHash, 'approve', approver, { comment: 'good' });
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({
      status: 'decided',
      outcome: 'approve',
      votes: [{ by: { kind: 'member', id: approver.memberId }, outcome: 'approve', comment: 'good', via: 'api' }],
    });
    const again = await decide(gateId, contentHash, 'approve', approver, { comment: 'good' });
    expect(again).toMatchObject({ status: 200, json: first.json });
    const other = await api.member(['approver']);
    const late = await decide(gateId, contentHash, 'approve', other);
    expect(late.status).toBe(409);
    expect(late.json).toMatchObject({ code: 'gate.decided', outcome: 'approve', decidedBy: 'Test approver' });
    expect(await mailboxOf(runId)).toEqual([
      {
        kind: 'gate',
        ref: gateId,
        payload: {
          step: 'approve',
          visit: 1,
          round: 1,
          generation: 0,
          outcome: 'approve',
          comment: 'good',
          form: null,
        },
      },
    ]);
    const wakeUps = await kysely(database.system)
      .selectFrom('outbox')
      .select('id')
      .where('run_id', '=', runId)
      .execute();
    expect(wakeUps).toHaveLength(2);
    const audit = await kysely(database.system)
      .selectFrom('audit_entry')
      .select(['act', 'actor_id'])
      .where('subject_id', '=', gateId)
      .execute();
    expect(audit).toEqual([{ act: 'gate.decided', actor_id: approver.memberId }]);
  });

  it('lists in the order that is asked for, page by page', async () => {
    const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const opened = [];
    for (const dueAt of [null, at(90), at(60), null, at(60)])
      opened.push(await openTestGate(database, { dueAt, title: 'In order' }));
    const [first, second, third, fourth, fifth] = opened.map(({ gateId }) => gateId);
    const listed = async (query: string): Promise<unknown[]> => {
      const ids: unknown[] = [];
      for (let cursor = ''; ;) {
        const { json } = await api.call({ url: `/v1/gates?limit=2&${query}${cursor}`, cookie: approver.cookie });
        const page = json as { items: { id: string; title: string }[]; nextCursor: string | null };
        ids.push(...page.items.filter(({ title }) => title === 'In order').map(({ id }) => id));
        if (page.nextCursor === null) return ids;
        cursor = `&cursor=${page.nextCursor}`;
      }
    };
    expect(await listed('status=open&sort=due')).toEqual([third, fifth, second, first, fourth]);
    expect(await listed('status=open')).toEqual([fifth, fourth, third, second, first]);
    for (const index of [1, 4, 2]) {
      const { gateId = '', contentHash = '' } = opened[index] ?? {};
      expect((await decide(gateId, contentHash, 'approve', approver)).status).toBe(200);
    }
    expect(await listed('status=decided&sort=decided')).toEqual([third, fifth, second]);
  });

  it('refuses another content, another round, and words that are missing', async () => {
    const { gateId, contentHash } = await openTestGate(database);
    expect(await decide(gateId, 'other', 'approve', approver)).toMatchObject({
      status: 412,
      json: { code: 'gate.stale' },
    });
    expect(await decide(gateId, contentHash, 'approve', approver, { round: 2 })).toMatchObject({ status: 412 });
    const silent = await decide(gateId, contentHash, 'reject', approver);
    expect(silent).toMatchObject({
      status: 422,
      json: { code: 'gate.commentRequired', errors: [{ path: 'comment' }] },
    });
    expect(await decide(gateId, contentHash, 'constructor', approver)).toMatchObject({ status: 422 });
    const foreign = await api.member(['approver', 'admin'], await database.addWorkspace());
    expect(await decide(gateId, contentHash, 'approve', foreign)).toMatchObject({ status: 404 });
  });

  it('takes a decision after the deadline while the run is paused, and only then (dashboard F8)', async () => {
    const due = { dueAt: new Date(0).toISOString(), onTimeout: 'approve' };
    const { runId, gateId, contentHash } = await openTestGate(database, due);
    expect((await decide(gateId, contentHash, 'approve', approver)).json).toMatchObject({ code: 'gate.expired' });
    await kysely(database.system).updateTable('run').set({ status: 'paused' }).where('id', '=', runId).execute();
    expect((await api.call({ url: `/v1/gates/${gateId}`, ...approver })).json).toMatchObject({ paused: true });
    expect((await decide(gateId, contentHash, 'approve', approver)).status).toBe(200);
  });

  it('lets a key decide only for a role that it was given', async () => {
    const { gateId, contentHash } = await openTestGate(database);
    const plain = await api.key(['gates:decide']);
    expect(await decide(gateId, contentHash, 'approve', { key: plain })).toMatchObject({ status: 403 });
    const stand = await api.key(['gates:decide', 'role:approver']);
    expect(await decide(gateId, contentHash, 'approve', { key: stand })).toMatchObject({ status: 200 });
  });

  it('is not decided by the member who asked for it, nor by a key of theirs (security 6)', async () => {
    const requester = await api.member(['approver', 'admin']);
    const { gateId, contentHash } = await openTestGate(database, { requestedBy: requester.memberId });
    const made = await api.call({
      method: 'POST',
      url: '/v1/api-keys',
      cookie: requester.cookie,
      body: { name: 'mine', scopes: ['gates:read', 'gates:decide', 'role:approver'] },
    });
    for (const by of [{ cookie: requester.cookie }, { key: String(made.json['secret']) }]) {
      // It is not shown as theirs, which it would refuse.
      const { json } = await api.call({ url: `/v1/gates/${gateId}`, ...by });
      expect(json).toMatchObject({ mine: false });
      const mine = await api.call({ url: '/v1/gates?status=open&assignedTo=me', ...by });
      expect((mine.json['items'] as { id: string }[]).map(({ id }) => id)).not.toContain(gateId);
      const answer = await decide(gateId, contentHash, 'approve', by);
      expect(answer).toMatchObject({ status: 403, json: { code: 'gate.separationOfDuties' } });
    }
    expect((await decide(gateId, contentHash, 'approve', approver)).status).toBe(200);
  });

  it('is decided by who asked for it where nobody else could, and the audit says so', async () => {
    const workspaceId = await database.addWorkspace();
    const only = await api.member(['approver'], workspaceId);
    const { gateId, contentHash } = await openTestGate(database, { requestedBy: only.memberId }, workspaceId);
    expect((await api.call({ url: `/v1/gates/${gateId}`, ...only })).json).toMatchObject({ mine: true });
    expect((await api.call({ url: '/v1/gates/counts', ...only })).json).toMatchObject({ mine: 1 });
    expect((await decide(gateId, contentHash, 'approve', only)).status).toBe(200);
    const { detail } = await kysely(database.system)
      .selectFrom('audit_entry')
      .select('detail')
      .where('workspace_id', '=', workspaceId)
      .where('act', '=', 'gate.decided')
      .executeTakeFirstOrThrow();
    expect(detail).toMatchObject({ isOwnRequest: true });
  });

  it('is the admins’ where nobody is there any more whom it names (caseflow#11811, sqle#817)', async () => {
    const workspaceId = await database.addWorkspace();
    const [boss, gone] = [await api.member(['admin'], workspaceId), await api.member(['approver'], workspaceId)];
    const named = await openTestGate(database, { assignee: { kind: 'member', id: gone.memberId } }, workspaceId);
    const ofRole = await openTestGate(database, {}, workspaceId);
    const mine = async (): Promise<unknown[]> => {
      const { json } = await api.call({ url: '/v1/gates?status=open&assignedTo=me', cookie: boss.cookie });
      return (json['items'] as { id: string; mine: boolean }[]).flatMap(({ id, mine: isMine }) => (isMine ? id : []));
    };
    expect(await mine()).toEqual([]);
    expect(await decide(named.gateId, named.contentHash, 'approve', boss)).toMatchObject({ status: 403 });
    const notMailed = () =>
      kysely(database.system)
        .updateTable('gate')
        .set({ mail_at: null })
        .where('workspace_id', '=', workspaceId)
        .execute();
    const toMail = () =>
      kysely(database.system)
        .selectFrom('gate')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .where('mail_at', 'is not', null)
        .execute();
    await notMailed();
    const url = `/v1/members/${gone.memberId}`;
    expect((await api.call({ method: 'PATCH', url, cookie: boss.cookie, body: { disabled: true } })).status).toBe(200);
    expect(await mine()).toEqual([ofRole.gateId, named.gateId]);
    expect((await api.call({ url: '/v1/gates/counts', cookie: boss.cookie })).json).toMatchObject({ mine: 2 });
    expect(await toMail()).toHaveLength(2);
    expect((await decide(named.gateId, named.contentHash, 'approve', boss)).status).toBe(200);
    await api.key(['gates:decide', 'role:approver'], workspaceId);
    expect(await decide(ofRole.gateId, ofRole.contentHash, 'approve', boss)).toMatchObject({ status: 403 });
    await notMailed();
    const { id } = await kysely(database.system)
      .selectFrom('api_key')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow();
    const headers = { 'idempotency-key': `revoke-${id}` };
    const revoke = { method: 'DELETE', url: `/v1/api-keys/${id}`, cookie: boss.cookie, headers } as const;
    expect((await api.call(revoke)).status).toBe(200);
    expect(await toMail()).toEqual([{ id: ofRole.gateId }]);
  });

  it('has one winner when many decide at once, and the others are shown who it was', async () => {
    const { gateId, contentHash, runId } = await openTestGate(database);
    const people = await Promise.all(Array.from({ length: 6 }, () => api.member(['approver'])));
    const answers = await Promise.all(
      people.map((person, n) => decide(gateId, contentHash, n % 2 ? 'approve' : 'reject', person, { comment: `${n}` })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409 && answer.json['decidedBy'])).toHaveLength(5);
    expect(await mailboxOf(runId)).toHaveLength(1);
  });

  it('answers a repeated key with the first answer, also when both come at once', async () => {
    const { gateId, contentHash, runId } = await openTestGate(database);
    const headers = { 'idempotency-key': `decide-${gateId}` };
    const body = { outcome: 'approve', round: 1, expectedHash: contentHash };
    const url = `/v1/gates/${gateId}/decisions`;
    const send = (change = {}) =>
      api.call({ method: 'POST', url, cookie: approver.cookie, headers, body: { ...body, ...change } });
    const answers = await Promise.all([send(), send(), send(), send()]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(3);
    for (const answer of answers) expect(answer.json).toEqual(answers[0]?.json);
    expect(await send({ outcome: 'reject' })).toMatchObject({ status: 422, json: { code: 'idempotency.mismatch' } });
    expect(await mailboxOf(runId)).toHaveLength(1);
  });

  describe('the page of a mail link', () => {
    const linkTo = async (gateId: string): Promise<string> => {
      const of = { workspaceId: database.workspaceId, gateId, memberId: approver.memberId };
      const token = await inWorkspace(database.app, database.workspaceId, (tx) => createGateLink(tx, of));
      return `/g/${token}`;
    };
    const form = (fields: Record<string, string>) => ({
      method: 'POST' as const,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const statusOf = async (gateId: string) =>
      (
        await kysely(database.system)
          .selectFrom('gate')
          .select('status')
          .where('id', '=', gateId)
          .executeTakeFirstOrThrow()
      ).status;

    it('never decides by being looked at, and decides by its form', async () => {
      const { gateId, contentHash } = await openTestGate(database);
      const url = await linkTo(gateId);
      for (let n = 0; n < 10; n += 1) {
        expect((await api.call({ url })).status).toBe(200);
        expect((await api.call({ method: 'HEAD', url })).status).toBe(200);
        expect((await api.call({ url: `${url}?outcome=approve&round=1&expectedHash=${contentHash}` })).status).toBe(
          200,
        );
      }
      expect(await statusOf(gateId)).toBe('open');
      const page = await api.call({ url });
      expect(page.headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
      expect(page.text).not.toMatch(/<script|<b>there/);
      expect(page.text).toContain('Hello &#60;b&#62;there&#60;/b&#62;');
      expect(String(page.headers['content-security-policy'])).not.toContain('script-src');

      const fields = { outcome: 'reject', round: '1', expectedHash: contentHash, comment: '' };
      const unworded = await api.call({ url, ...form(fields) });
      expect(unworded.status).toBe(422);
      expect(unworded.text).toContain('needs a comment');
      expect(await statusOf(gateId)).toBe('open');
      const decided = await api.call({ url, ...form({ ...fields, comment: 'too long' }) });
      expect(decided.status).toBe(200);
      expect(decided.text).toContain('Write another');
      expect(await statusOf(gateId)).toBe('decided');
      const repeated = await api.call({ url, ...form({ ...fields, comment: 'too long' }) });
      expect(repeated.status).toBe(200);
      const second = await api.call({ url, ...form({ ...fields, outcome: 'approve' }) });
      expect(second.status).toBe(409);
      expect(second.text).toContain('from the mail link');
      expect(second.text).toContain('Your decision was not recorded');
    });

    it('says what follows each outcome', async () => {
      const content = { documents: 1_200 };
      const { gateId, runId } = await openTestGate(database, { step: 'approve-estimate', content });
      await kysely(database.system).updateTable('run').set({ kind: 'batch' }).where('id', '=', runId).execute();
      expect((await api.call({ url: await linkTo(gateId) })).text).toContain('→ writes 1,200 documents');
    });

    it.each([
      ['nothing', {}],
      ['no outcome', { round: '1', expectedHash: 'x' }],
      ['another round', { outcome: 'approve', round: '2' }],
      ['other content', { outcome: 'approve', round: '1', expectedHash: 'x' }],
      ['a NUL', { outcome: 'approve\0' }],
    ])('refuses a form with %s', async (_name, fields) => {
      const { gateId } = await openTestGate(database);
      const answer = await api.call({ url: await linkTo(gateId), ...form(fields) });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(await statusOf(gateId)).toBe('open');
    });

    it('knows no token that it did not make, and forgets one whose member was shut out', async () => {
      for (const token of ['x', 'a'.repeat(43), '%00', '..%2f..']) {
        expect((await api.call({ url: `/g/${token}` })).status).toBe(404);
      }
      const { gateId } = await openTestGate(database);
      const url = await linkTo(gateId);
      await kysely(database.system)
        .updateTable('member')
        .set({ disabled_at: new Date() })
        .where('id', '=', approver.memberId)
        .execute();
      expect((await api.call({ url })).status).toBe(404);
      await kysely(database.system)
        .updateTable('member')
        .set({ disabled_at: null })
        .where('id', '=', approver.memberId)
        .execute();
    });
  });
});
