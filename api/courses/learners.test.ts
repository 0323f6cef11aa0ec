import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { shortRun } from '../../test/support/courses.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inTransaction } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';

describe('the learners of a course run', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['courses:read', 'courses:write', 'enrollments:read', 'enrollments:write']);
    const course = { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } };
    await api.call({ method: 'PUT', url: '/v1/courses/sql', key, body: course });
  });

  async function contact(externalId: string): Promise<void> {
    await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: database.workspaceId, external_id: externalId, email: `${externalId}@example.com` })
      .execute();
  }

  it('lists who needs a person, says why, and counts them (issue 14 §4, the drawing of a course run)', async () => {
    const { workspaceId, system } = database;
    const url = '/v1/courses/sql/runs/watched';
    const body = { ...shortRun, capacity: 6, holdFor: 'PT2H' };
    await api.call({ method: 'PUT', url, key, body });
    const made: Record<string, { id: string; runId: string }> = {};
    for (const who of ['well', 'wrong', 'refused', 'soon', 'stopped']) {
      await contact(who);
      const enrollment = { course: 'sql', run: 'watched', contact: who };
      const { json } = await api.call({ method: 'POST', url: '/v1/enrollments', key, body: enrollment });
      made[who] = { id: String(json['id']), runId: String(json['runId']) };
    }
    const needing = async () => {
      const { json } = await api.call({ url: '/v1/enrollments?course=sql&run=watched&attention=true', key });
      const items = json['items'] as { contact: string; attention: string }[];
      return Object.fromEntries(items.map((item) => [item.contact, item.attention]));
    };
    expect(await needing()).toEqual({});
    await openIncident(system, {
      workspaceId,
      runId: made['wrong']?.runId ?? '',
      kind: 'payment.disputed',
      message: 'x',
    });
    await kysely(system)
      .updateTable('enrollment')
      .set({ payment: 'failed' })
      .where('id', '=', made['refused']?.id ?? '')
      .execute();
    await kysely(system)
      .updateTable('seat')
      .set({ expires_at: new Date(Date.now() + 1_800_000) })
      .where('enrollment_id', '=', made['soon']?.id ?? '')
      .execute();
    await kysely(system)
      .updateTable('run')
      .set({ ended_at: new Date(), status: 'terminated' })
      .where('id', '=', made['stopped']?.runId ?? '')
      .execute();
    const why = { wrong: 'trouble', refused: 'payment', soon: 'ending', stopped: 'stopped' };
    expect(await needing()).toEqual(why);
    expect((await api.call({ url, key })).json).toMatchObject({ counts: { open: 5, attention: 4 } });
    const others = await api.call({ url: '/v1/enrollments?course=sql&run=watched&attention=false', key });
    expect(others.json['items']).toMatchObject([{ contact: 'well', attention: null }]);
    // Who has left, and whose money came afterwards.
    await kysely(system)
      .updateTable('enrollment')
      .set({ ended_at: new Date(), lifecycle: 'ended', outcome: 'holdExpired' })
      .where('id', 'in', [made['wrong']?.id ?? '', made['soon']?.id ?? ''])
      .execute();
    expect(await needing()).toEqual({ wrong: 'trouble', refused: 'payment', stopped: 'stopped' });
  });

  describe('who are given more time (issue 14 §4, the drawing of a course run)', () => {
    const enroll = async (run: string, who: string): Promise<{ id: string; runId: string }> => {
      await contact(who);
      const body = { course: 'sql', run, contact: who };
      const { json } = await api.call({ method: 'POST', url: '/v1/enrollments', key, body });
      return { id: String(json['id']), runId: String(json['runId']) };
    };
    const stands = (id: string, lifecycle: string) =>
      kysely(database.system).updateTable('enrollment').set({ lifecycle }).where('id', '=', id).execute();
    const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    const give = (ids: string[], until: string, as = key) =>
      api.call({
        method: 'POST',
        url: '/v1/enrollments/more-time',
        key: as,
        body: { ids, until, reason: 'On a plane' },
      });
    const endOf = async (id: string) =>
      ((await api.call({ url: `/v1/enrollments/${id}`, key })).json['seat'] as { expiresAt: string }).expiresAt;
    const sent = (runId: string) =>
      kysely(database.system)
        .selectFrom('run_inbox')
        .select('payload')
        .where('run_id', '=', runId)
        .where('kind', '=', 'moreTime')
        .execute();

    it('keep their seat until then: the ledger, the run, and the audit log say so, once', async () => {
      const endsAt = inHours(24 * 30);
      const body = { ...shortRun, capacity: 3, endsAt };
      await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/extended', key, body });
      const held = await enroll('extended', 'held');
      const asked = await enroll('extended', 'asked');
      await stands(held.id, 'awaitingPayment');
      const until = inHours(5);
      const shown = await api.call({ url: `/v1/enrollments/${held.id}`, key });
      expect(shown.json).toMatchObject({ actions: ['moreTime', 'withdraw'] });
      const answer = await give([held.id, asked.id, held.id], until);
      expect(answer).toMatchObject({
        status: 200,
        json: { given: [held.id], refused: [{ id: asked.id, code: 'enrollment.noDeadline' }] },
      });
      expect(await endOf(held.id)).toBe(until);
      expect(await sent(held.runId)).toEqual([{ payload: { until } }]);
      expect(await sent(asked.runId)).toEqual([]);
      // The answer was lost, and it is asked for again.
      expect((await give([held.id], until)).json).toMatchObject({ given: [held.id], refused: [] });
      expect(await sent(held.runId)).toHaveLength(1);
      const refusal = async (end: string) => {
        const { json } = await give([held.id], end);
        return (json['refused'] as { code: string }[]).map(({ code }) => code);
      };
      expect(await refusal(inHours(1))).toEqual(['enrollment.keptLonger']);
      expect(await refusal(inHours(24 * 40))).toEqual(['enrollment.pastCourse']);
      expect(await endOf(held.id)).toBe(until);
      const auditor = await api.key(['audit:read']);
      const audit = await api.call({ url: `/v1/audit?act=enrollment.moreTime&subjectId=${held.id}`, key: auditor });
      expect(audit.json['items']).toMatchObject([{ detail: { until, reason: 'On a plane' } }]);
    });

    it('wait for nobody but themselves: one whose run is held is refused by name, and the next one has it (a hostile reader)', async () => {
      const { system } = database;
      await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/busy', key, body: { ...shortRun, capacity: 3 } });
      const learners = [await enroll('busy', 'busy'), await enroll('busy', 'free')] as const;
      const [busy, free] = learners;
      for (const { id } of learners) await stands(id, 'awaitingPayment');
      const until = inHours(5);
      const answer = await inTransaction(system, async (tx) => {
        // However slow this machine is, it is held until the answer.
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(kysely(tx));
        await sql`set local transaction_timeout = 0`.execute(kysely(tx));
        await sql`select from run where id = ${busy.runId} for no key update`.execute(kysely(tx));
        return give([busy.id, free.id], until);
      });
      expect(answer).toMatchObject({
        status: 200,
        json: { given: [free.id], refused: [{ id: busy.id, code: 'database.busy' }] },
      });
      expect([await sent(busy.runId), await sent(free.runId)]).toEqual([[], [{ payload: { until } }]]);
      expect((await give([busy.id, free.id], until)).json).toMatchObject({ given: [busy.id, free.id], refused: [] });
    });

    it('have none where the end has come, the run was stopped, or there is no such learner', async () => {
      await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/late', key, body: { ...shortRun, capacity: 3 } });
      const late = await enroll('late', 'late');
      const gone = await enroll('late', 'gone');
      for (const { id } of [late, gone]) await stands(id, 'awaitingPayment');
      await kysely(database.system)
        .updateTable('seat')
        .set({ expires_at: new Date(Date.now() - 1_000) })
        .where('enrollment_id', '=', late.id)
        .execute();
      await kysely(database.system)
        .updateTable('run')
        .set({ ended_at: new Date(), status: 'terminated' })
        .where('id', '=', gone.runId)
        .execute();
      const nobody = newId();
      const { json } = await give([late.id, gone.id, nobody], inHours(5));
      expect(json).toMatchObject({
        given: [],
        refused: [
          { id: late.id, code: 'enrollment.seatOver' },
          { id: gone.id, code: 'enrollment.noDeadline' },
          { id: nobody, code: 'enrollment.notFound' },
        ],
      });
      const answer = await give([late.id], inHours(-1));
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ path: 'until', code: 'enrollment.until' }] } });
      expect((await give([late.id], inHours(24 * 100))).status).toBe(422);
      const reader = await api.key(['enrollments:read']);
      expect((await give([late.id], inHours(5), reader)).status).toBe(403);
      const foreign = await api.key(['enrollments:write'], await database.addWorkspace());
      expect((await give([late.id], inHours(5), foreign)).json).toMatchObject({
        refused: [{ code: 'enrollment.notFound' }],
      });
    });
  });

  describe('who are written to (issue 14 §4, the drawing of a course run)', () => {
    const place = '/v1/courses/sql/runs/written';
    const send = (more: Record<string, unknown>, headers: Record<string, string> = {}, as = key) => {
      const body = { audience: 'open', subject: 'The room', words: 'We meet in room 4.', recipients: 2, ...more };
      return api.call({ method: 'POST', url: `${place}/messages`, key: as, body, headers });
    };
    const mailboxes = () =>
      kysely(database.system)
        .selectFrom('run_inbox')
        .select(['run_id', 'payload'])
        .where('kind', '=', 'courseMessage')
        .execute();

    it('are counted before, and each run is sent the words once', async () => {
      await api.call({ method: 'PUT', url: place, key, body: { ...shortRun, capacity: 5 } });
      const runs: string[] = [];
      for (const who of ['lou', 'max', 'left']) {
        await contact(who);
        const body = { course: 'sql', run: 'written', contact: who };
        runs.push(String((await api.call({ method: 'POST', url: '/v1/enrollments', key, body })).json['runId']));
      }
      await kysely(database.system)
        .updateTable('enrollment')
        .set({ ended_at: new Date(), lifecycle: 'ended', outcome: 'withdrawn' })
        .where('run_id', '=', runs[2] ?? '')
        .execute();
      await kysely(database.system)
        .updateTable('contact')
        .set({ email: null })
        .where('external_id', '=', 'max')
        .execute();
      const before = await api.call({ url: `${place}/recipients?audience=open`, key });
      expect(before.json).toEqual({ count: 2, withoutAddress: 1, first: ['lou', 'max'] });
      expect((await api.call({ url: `${place}/recipients?audience=active`, key })).json).toMatchObject({ count: 0 });
      expect(await send({ recipients: 3 })).toMatchObject({
        status: 409,
        json: { code: 'courseMessage.recipientsChanged', recipients: 2 },
      });
      expect(await mailboxes()).toEqual([]);

      const sent = await send({}, { 'idempotency-key': 'm1' });
      expect(sent).toMatchObject({ status: 202, json: { recipients: 2, underWay: 2, sent: 0, notSent: 0 } });
      expect((await send({}, { 'idempotency-key': 'm1' })).json).toEqual(sent.json);
      const stored = await mailboxes();
      expect(stored.map(({ run_id: run }) => run).toSorted()).toEqual(runs.slice(0, 2).toSorted());
      expect(stored[0]?.payload).toEqual({
        message: sent.json['id'],
        subject: 'The room',
        words: 'We meet in room 4.',
      });
      const listed = await api.call({ url: `${place}/messages`, key });
      expect(listed.json['items']).toMatchObject([{ id: sent.json['id'], by: 'test', recipients: 2 }]);
      const auditor = await api.key(['audit:read']);
      const audit = await api.call({ url: '/v1/audit?act=courseRun.messaged', key: auditor });
      expect(audit.json['items']).toMatchObject([{ detail: { message: sent.json['id'], recipients: 2 } }]);
    });

    it('are each counted by the last try where a mail was tried again (a hostile reader)', async () => {
      const slug = '/v1/courses/sql/runs/tried-again';
      await api.call({ method: 'PUT', url: slug, key, body: { ...shortRun, capacity: 5 } });
      await contact('nia');
      const body = { course: 'sql', run: 'tried-again', contact: 'nia' };
      const runId = String((await api.call({ method: 'POST', url: '/v1/enrollments', key, body })).json['runId']);
      const written = { audience: 'open', subject: 'The room', words: 'We meet in room 4.', recipients: 1 };
      const { json } = await api.call({ method: 'POST', url: `${slug}/messages`, key, body: written });
      const counts = { recipients: 1, sent: 0, underWay: 0, unknown: 0, notSent: 0 };
      for (const [visit, state, expected] of [
        [1, 'rejected', { notSent: 1 }],
        [2, 'done', { sent: 1 }],
      ] as const) {
        await kysely(database.system)
          .insertInto('effect')
          .values({
            workspace_id: database.workspaceId,
            key: `${runId}/course-message/${visit}`,
            run_id: runId,
            step: 'course-message',
            visit,
            generation: 0,
            kind: 'email',
            mode: 'atMostOnce',
            state,
            request: JSON.stringify({ variables: { message: json['id'] } }),
          })
          .execute();
        const { items } = (await api.call({ url: `${slug}/messages`, key })).json;
        expect(items).toMatchObject([{ ...counts, ...expected }]);
      }
    });

    it('are written to by who may, with one line of a subject and some words', async () => {
      const wrong = async (more: Record<string, unknown>) => {
        const { status, json } = await send(more);
        return [status, (json['errors'] as { path: string }[] | undefined)?.[0]?.path];
      };
      expect(await wrong({ subject: 'a\nb' })).toEqual([422, 'subject']);
      expect(await wrong({ words: ' ' })).toEqual([422, 'words']);
      expect(await wrong({ audience: 'ended' })).toEqual([422, 'audience']);
      expect((await send({}, {}, await api.key(['enrollments:read']))).status).toBe(403);
      const foreign = await api.key(['enrollments:write'], await database.addWorkspace());
      expect((await send({}, {}, foreign)).status).toBe(404);
    });
  });
});
