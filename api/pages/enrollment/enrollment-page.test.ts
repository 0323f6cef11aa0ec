import { beforeAll, describe, expect, it } from 'vitest';
import { newEnrollment, type EnrollmentState } from '../../../domain/courses/state.ts';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { enrollmentPageUrl } from '../../../platform/enrollment-link.ts';
import { masterKeys } from '../../../platform/keys/master-keys.ts';

describe('/e/{token}, the page of a learner (courses F8)', () => {
  const { database, api } = useTestApi();
  let courseRunId: string;
  beforeAll(async () => {
    courseRunId = await makeCourseRun(database);
  });

  /** An enrollment with its page, whose run has made a turn. */
  async function learner(change: Partial<EnrollmentState> = {}, row: Record<string, string> = {}) {
    const { workspaceId, system } = database;
    const { enrollmentId, runId } = await enroll(database, courseRunId);
    const state = { ...newEnrollment(new Date().toISOString()), ...change };
    const turn = { workspace_id: workspaceId, run_id: runId, turn: 1, generation: 0, at: new Date() };
    await kysely(system)
      .insertInto('run_turn')
      .values({ ...turn, state: JSON.stringify(state) })
      .execute();
    await kysely(system).updateTable('run').set({ turn: 1 }).where('id', '=', runId).execute();
    await kysely(system)
      .updateTable('enrollment')
      .set({ lifecycle: 'active', ...row })
      .where('id', '=', enrollmentId)
      .execute();
    const url = enrollmentPageUrl('', masterKeys(api.config), { workspaceId, enrollmentId });
    return { enrollmentId, runId, url };
  }
  const post = (url: string, body: string): Promise<Answer> =>
    api.call({ method: 'POST', url, raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const inbox = (runId: string) =>
    kysely(database.system).selectFrom('run_inbox').select(['kind', 'payload']).where('run_id', '=', runId).execute();
  const offer = (enrollmentId: string, inMs: number) =>
    kysely(database.system)
      .insertInto('seat')
      .values({
        workspace_id: database.workspaceId,
        course_run_id: courseRunId,
        enrollment_id: enrollmentId,
        kind: 'offer',
        expires_at: new Date(Date.now() + inMs),
      })
      .execute();

  it('shows an offer and takes the answer by its form alone: mail scanners open links', async () => {
    const { enrollmentId, runId, url } = await learner({}, { lifecycle: 'offered' });
    await offer(enrollmentId, 600_000);
    const shown = await api.call({ url });
    expect(shown).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(shown.text).toContain('Accept the seat');
    expect((await api.call({ url: `${url}/withdraw` })).status).toBe(200);
    expect(await inbox(runId)).toEqual([]);
    expect((await post(url, 'act=accept')).text).toContain('Thank you');
    expect(await inbox(runId)).toEqual([{ kind: 'offerAnswer', payload: { answer: 'accept' } }]);
    const audit = await kysely(database.system)
      .selectFrom('audit_entry')
      .select(['act', 'actor_kind'])
      .where('subject_id', '=', enrollmentId)
      .execute();
    expect(audit).toEqual([{ act: 'enrollment.offerAnswer', actor_kind: 'mailLink' }]);
  });

  it('says that an offer is over', async () => {
    const { enrollmentId, runId, url } = await learner({}, { lifecycle: 'offered' });
    await offer(enrollmentId, -1_000);
    expect((await api.call({ url })).text).not.toContain('Accept the seat');
    const late = await post(url, 'act=accept');
    expect(late.status).toBe(409);
    expect(late.text).toContain('The time to answer the offer is over');
    expect(await inbox(runId)).toEqual([]);
  });

  it('shows the receipt, and what comes back before it asks whether to withdraw', async () => {
    const accepted = { paymentIntent: 'pi_page', amountMinor: 12_000 };
    const { enrollmentId, runId, url } = await learner({
      money: { accepted, received: [accepted], refunded: [], hasFailed: false },
    });
    await kysely(database.system)
      .insertInto('payment')
      .values({
        workspace_id: database.workspaceId,
        checkout_id: 'cs_page',
        enrollment_id: enrollmentId,
        perform: 'checkout/1',
        status: 'paid',
        url: null,
        amount_minor: 12_000,
        currency: 'EUR',
      })
      .execute();
    expect((await api.call({ url })).text).toMatch(/Receipt[^]*Paid[^]*120/);
    expect((await api.call({ url: `${url}/withdraw` })).text).toMatch(/120[^]*would come back[^]*all of it/);
    expect((await post(url, 'act=withdraw&reason=')).status).toBe(409);
    expect(await inbox(runId)).toEqual([]);
    expect((await post(url, 'act=withdraw&reason=Moving+away')).status).toBe(200);
    expect(await inbox(runId)).toEqual([{ kind: 'withdraw', payload: { reason: 'Moving away' } }]);
  });

  it('says of money that no quote knows what is so', async () => {
    const page = async (row: Record<string, string>, status: string): Promise<string> => {
      const { enrollmentId, url } = await learner({}, row);
      await kysely(database.system)
        .insertInto('payment')
        .values({
          workspace_id: database.workspaceId,
          checkout_id: `cs_${enrollmentId}`,
          enrollment_id: enrollmentId,
          perform: 'checkout/1',
          status,
          url: null,
          amount_minor: 12_000,
          currency: 'EUR',
        })
        .execute();
      return (await api.call({ url: `${url}/withdraw` })).text;
    };
    const lifecycle = 'awaitingPayment';
    expect(await page({ lifecycle, payment: 'underWay' }, 'underWay')).toContain(
      'all of it comes back once it is here',
    );
    expect(await page({ lifecycle, payment: 'pending' }, 'paid')).toContain('not booked yet');
    expect(await page({ lifecycle: 'active', payment: 'chargedBack' }, 'paid')).toContain('Your bank has taken back');
    expect(await page({ lifecycle, payment: 'pending' }, 'open')).toContain('You have paid nothing');
  });

  it('leads to the payment while a seat is kept', async () => {
    const { enrollmentId, url } = await learner({}, { lifecycle: 'awaitingPayment', payment: 'pending' });
    await kysely(database.system)
      .insertInto('payment')
      .values({
        workspace_id: database.workspaceId,
        checkout_id: 'cs_page_2',
        enrollment_id: enrollmentId,
        perform: 'checkout/1',
        url: 'https://pay.example/now',
        amount_minor: 12_000,
        currency: 'EUR',
      })
      .execute();
    expect((await api.call({ url })).text).toContain('href="https://pay.example/now"');
  });

  it('takes nothing for an enrollment whose run was terminated: it would be read by nobody', async () => {
    const { runId, url } = await learner();
    const end = { ended_at: new Date(), status: 'terminated' };
    await kysely(database.system).updateTable('run').set(end).where('id', '=', runId).execute();
    const asked = await post(url, 'act=withdraw&reason=Moving+away');
    expect(asked.status).toBe(409);
    expect(asked.text).toContain('Please write to the school');
    expect(await inbox(runId)).toEqual([]);
  });

  it('has nothing to pay, to accept or to leave of an enrollment that was stopped: the money would find no seat', async () => {
    const { enrollmentId, runId, url } = await learner({}, { lifecycle: 'awaitingPayment', payment: 'pending' });
    await kysely(database.system)
      .insertInto('payment')
      .values({
        workspace_id: database.workspaceId,
        checkout_id: 'cs_stopped',
        enrollment_id: enrollmentId,
        perform: 'checkout/1',
        url: 'https://pay.example/stopped',
        amount_minor: 12_000,
        currency: 'EUR',
      })
      .execute();
    const key = await api.key(['enrollments:read', 'enrollments:write']);
    const listed = async () => (await api.call({ url: `/v1/enrollments/${enrollmentId}`, key })).json;
    expect((await api.call({ url })).text).toContain('https://pay.example/stopped');
    expect(await listed()).toMatchObject({ actions: ['withdraw'], checkoutUrl: 'https://pay.example/stopped' });
    const end = { ended_at: new Date(), status: 'terminated' };
    await kysely(database.system).updateTable('run').set(end).where('id', '=', runId).execute();
    const stopped = (await api.call({ url })).text;
    expect(stopped).toContain('Please write to the school');
    expect(stopped).not.toMatch(/pay\.example|withdraw/);
    expect(await listed()).toMatchObject({ actions: [], checkoutUrl: null });
  });

  it('says in plain words what came of an offer that was answered in another tab, and how it ended', async () => {
    const answered = await learner({}, { lifecycle: 'awaitingPayment' });
    const again = await post(answered.url, 'act=accept');
    expect(again.status).toBe(409);
    expect(again.text).toContain('There is no offer to answer any more');
    const over = await learner({}, { lifecycle: 'ended', outcome: 'holdExpired' });
    await kysely(database.system)
      .updateTable('enrollment')
      .set({ ended_at: new Date() })
      .where('id', '=', over.enrollmentId)
      .execute();
    expect((await api.call({ url: over.url })).text).toContain('has ended: the seat was not paid for in time.');
    expect((await post(over.url, 'act=withdraw&reason=x')).text).toContain('your enrollment has ended.');
  });

  it('knows no token that it did not make, and nothing but its forms', async () => {
    const { runId, url } = await learner();
    for (const other of ['/e/x', `${url}x`, url.slice(0, -2)])
      expect((await api.call({ url: other })).status).toBe(404);
    expect((await post(url, 'act=erase')).status).toBe(409);
    expect(await inbox(runId)).toEqual([]);
  });
});
