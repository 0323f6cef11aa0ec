import { beforeAll, describe, expect, it } from 'vitest';
import { signWebhook } from '../../local/payment/webhooks.ts';
import { shortRun } from '../../test/support/courses.ts';
import type { Answer } from '../../test/support/caller.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { setSecret } from '../../platform/db/access/secrets.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('courses and enrollments over HTTP', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['courses:read', 'courses:write', 'enrollments:read', 'enrollments:write', 'progress:write']);
    await api.call({
      method: 'PUT',
      url: '/v1/courses/sql',
      key,
      body: { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } },
    });
    await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/autumn', key, body: shortRun });
  });

  async function contact(externalId: string): Promise<void> {
    await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: database.workspaceId, external_id: externalId, email: `${externalId}@example.com` })
      .execute();
  }
  const request = (who: string, more: Record<string, string> = {}): Promise<Answer> =>
    api.call({
      method: 'POST',
      url: '/v1/enrollments',
      key,
      body: { course: 'sql', run: 'autumn', contact: who },
      headers: more,
    });
  const inbox = (runId: unknown) =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'ref', 'payload'])
      .where('run_id', '=', String(runId))
      .where('kind', '!=', 'seatAnswer')
      .execute();

  it('shows a course run with its seats', async () => {
    const answer = await api.call({ url: '/v1/courses/sql/runs/autumn', key });
    expect(answer).toMatchObject({
      status: 200,
      json: { course: 'sql', seats: { capacity: 1, held: 0, free: 1, waiting: 0 } },
    });
  });

  it('takes a request once: the same key answers the same, a second request is a conflict', async () => {
    await contact('ana');
    const first = await request('ana', { 'idempotency-key': 'k1' });
    const again = await request('ana', { 'idempotency-key': 'k1' });
    expect(first).toMatchObject({ status: 202, json: { contact: 'ana', lifecycle: 'requested', attempt: 1 } });
    expect(again.json).toEqual(first.json);
    expect(await request('ana')).toMatchObject({ status: 409, json: { code: 'enrollment.exists' } });
    const outbox = await kysely(database.system)
      .selectFrom('outbox')
      .select('workflow_type')
      .where('run_id', '=', String(first.json['runId']))
      .execute();
    expect(outbox).toEqual([{ workflow_type: 'enrollmentWorkflow' }]);
  });

  it('says until when a seat can be paid for, though its link gets a successor before that', async () => {
    const { json } = await api.call({ url: '/v1/enrollments?contact=ana', key });
    const [{ id, runId }] = json['items'] as [{ id: string; runId: string }];
    const wakesAt = new Date(Date.now() + 86_400_000);
    const paidBy = new Date(Date.now() + 2 * 86_400_000);
    const ofRun = { workspace_id: database.workspaceId, run_id: runId, generation: 1 };
    const checkout = { step: 'checkout', visit: 1, kind: 'payment', title: 'Payment', status: 'waiting' };
    await kysely(database.system)
      .insertInto('step')
      .values({ ...ofRun, ...checkout, due_at: paidBy })
      .execute();
    await kysely(database.system)
      .updateTable('run')
      .set({ current_step: 'checkout', next_due_at: wakesAt })
      .where('id', '=', runId)
      .execute();
    const shown = await api.call({ url: `/v1/enrollments/${id}`, key });
    expect(shown.json).toMatchObject({ stepTitle: 'Payment', nextDueAt: paidBy.toISOString() });
  });

  it('says what needs a person, in the list and of one (bad day, stuck and unseen)', async () => {
    const { json } = await api.call({ url: '/v1/enrollments?contact=ana', key });
    const [{ id, runId, trouble }] = json['items'] as [{ id: string; runId: string; trouble: unknown }];
    expect(trouble).toBeNull();
    const message = 'The mail did not reach them';
    const { workspaceId, system } = database;
    await openIncident(system, { workspaceId, runId, kind: 'enrollment.mailMissing', message });
    const stuck = { trouble: { kind: 'incident', message } };
    expect((await api.call({ url: `/v1/enrollments/${id}`, key })).json).toMatchObject(stuck);
    expect((await api.call({ url: '/v1/enrollments?contact=ana', key })).json['items']).toMatchObject([stuck]);
  });

  it('gives places in the order of asking, and says which (courses F14)', async () => {
    await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/rush', key, body: { ...shortRun, capacity: 2 } });
    const answers: Answer[] = [];
    for (let n = 0; n < 5; n += 1) {
      await contact(`asks-${n}`);
      const body = { course: 'sql', run: 'rush', contact: `asks-${n}` };
      answers.push(await api.call({ method: 'POST', url: '/v1/enrollments', key, body }));
    }
    const held = { seat: { kind: 'hold' }, position: null };
    const waits = (position: number) => ({ seat: null, position });
    expect(answers.map(({ json }) => json)).toMatchObject([held, held, waits(1), waits(2), waits(3)]);
    const sent = await kysely(database.system)
      .selectFrom('run_inbox')
      .select('payload')
      .where('run_id', '=', String(answers[3]?.json['runId']))
      .execute();
    expect(sent).toEqual([{ payload: { seat: 'waitlisted', position: 2 } }]);
  });

  it('lists the queue from its head and held seats from the next to end, page by page (courses F15)', async () => {
    const list = async (order: string, cursor = ''): Promise<[string[], string | null]> => {
      const url = `/v1/enrollments?course=sql&run=rush&order=${order}&limit=2${cursor && `&cursor=${cursor}`}`;
      const { json } = await api.call({ url, key });
      const items = json['items'] as { contact: string }[];
      return [items.map((item) => item.contact), json['nextCursor'] as string | null];
    };
    const [head, next] = await list('place');
    expect(head).toEqual(['asks-2', 'asks-3']);
    expect(await list('place', next ?? '')).toEqual([['asks-4'], null]);
    expect(await list('ending')).toEqual([['asks-0', 'asks-1'], null]);
    expect((await list('newest'))[0]).toEqual(['asks-4', 'asks-3']);
    const wrong = await api.call({ url: `/v1/enrollments?order=ending&cursor=${next}`, key });
    expect(wrong).toMatchObject({ status: 400, json: { code: 'cursor.invalid' } });
  });

  it('refuses what it does not know, with the path of what is wrong', async () => {
    expect(await request('nobody')).toMatchObject({ status: 404, json: { code: 'contact.notFound' } });
    const wrong = await api.call({
      method: 'PUT',
      url: '/v1/courses/sql/runs/autumn',
      key,
      body: { ...shortRun, capacity: -1, surprise: 1 },
    });
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.json['errors'])).toContain('capacity');
  });

  it('takes nobody into a course run that has ended (courses F4)', async () => {
    const body = { ...shortRun, endsAt: '2026-01-01T00:00:00Z' };
    await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/past', key, body });
    await contact('late');
    const asked = { course: 'sql', run: 'past', contact: 'late' };
    expect(await api.call({ method: 'POST', url: '/v1/enrollments', key, body: asked })).toMatchObject({
      status: 409,
      json: { code: 'courseRun.ended' },
    });
  });

  it('sends moved dates to those who are enrolled, once each time (courses F5)', async () => {
    const put = (dates: object) =>
      api.call({ method: 'PUT', url: '/v1/courses/sql/runs/winter', key, body: { ...shortRun, ...dates } });
    await put({ startsAt: '2090-01-01T00:00:00Z' });
    await contact('mia');
    const asked = { course: 'sql', run: 'winter', contact: 'mia' };
    const { json } = await api.call({ method: 'POST', url: '/v1/enrollments', key, body: asked });
    await put({ startsAt: '2090-01-01T01:00:00+01:00', title: 'Winter' });
    await put({ startsAt: '2090-02-01T00:00:00Z', endsAt: '2090-03-01T00:00:00Z' });
    await put({ startsAt: '2090-02-01T00:00:00Z', endsAt: '2090-03-01T00:00:00Z' });
    // A typing error would end all of them for good.
    expect(await put({ endsAt: '2025-03-01T00:00:00Z' })).toMatchObject({
      status: 422,
      json: { code: 'courseRun.endLongPast', errors: [{ path: 'endsAt' }] },
    });
    expect(await put({ startsAt: '2025-02-01T00:00:00Z', endsAt: '2090-03-01T00:00:00Z' })).toMatchObject({
      status: 422,
      json: { code: 'courseRun.startLongPast', errors: [{ path: 'startsAt' }] },
    });
    const moved = (await inbox(json['runId'])).filter(({ kind }) => kind === 'datesMoved');
    expect(moved).toMatchObject([{ payload: { startsAt: '2090-01-01T01:00:00+01:00', endsAt: null } }]);
  });

  it('refuses a second contact with the same address, whatever its case, unless it is said to be shared (courses F25)', async () => {
    await contact('zoe');
    await request('zoe');
    await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: database.workspaceId, external_id: 'zoe-2', email: 'Zoe@Example.com' })
      .execute();
    expect(await request('zoe-2')).toMatchObject({
      status: 409,
      json: { code: 'enrollment.sameAddress', contact: 'zoe' },
    });
    const body = { course: 'sql', run: 'autumn', contact: 'zoe-2', allowSameAddress: true };
    expect((await api.call({ method: 'POST', url: '/v1/enrollments', key, body })).status).toBe(202);
  });

  it('takes another refund policy under a new version alone (courses F23)', async () => {
    const put = (more: object) => {
      const body = { ...shortRun, withdrawal: { ...shortRun.withdrawal, ...more } };
      return api.call({ method: 'PUT', url: '/v1/courses/sql/runs/policy', key, body });
    };
    expect((await put({})).status).toBe(200);
    expect((await put({})).status).toBe(200);
    expect(await put({ source: 'another text' })).toMatchObject({
      status: 422,
      json: { code: 'courseRun.policyVersion', errors: [{ path: 'withdrawal.version' }] },
    });
    expect((await put({ source: 'another text', version: 3 })).status).toBe(200);
    expect((await put({ version: 2 })).status).toBe(422);
  });

  it('refuses prerequisites with which nobody could enroll (courses F24)', async () => {
    const put = (slug: string, prerequisites: string[]) =>
      api.call({
        method: 'PUT',
        url: `/v1/courses/${slug}`,
        key,
        body: { title: slug, prerequisites, completion: { moveOn: 'completed' } },
      });
    expect((await put('first', [])).status).toBe(200);
    expect((await put('second', ['first'])).status).toBe(200);
    expect(await put('first', ['sql', 'first', 'second', 'third'])).toMatchObject({
      status: 422,
      json: {
        code: 'course.prerequisites',
        errors: [
          { path: 'prerequisites.1', code: 'course.ownPrerequisite' },
          { path: 'prerequisites.2', code: 'course.circlePrerequisite' },
          { path: 'prerequisites.3', code: 'course.unknownPrerequisite' },
        ],
      },
    });
  });

  const paid = (checkout: string, enrollmentId: unknown) => ({
    type: 'checkout.session.completed',
    created: 1,
    data: {
      object: {
        id: checkout,
        status: 'complete',
        payment_status: 'paid',
        payment_intent: `pi_of_${checkout}`,
        amount_total: 12_000,
        currency: 'eur',
        client_reference_id: enrollmentId,
        expires_at: 1,
      },
    },
  });
  const hook = (event: object, signature?: string): Promise<Answer> => {
    const body = JSON.stringify(event);
    const [secret = ''] = api.config.STRIPE_WEBHOOK_SECRET;
    const signed = signature ?? signWebhook({ body, secret, atSeconds: Math.floor(Date.now() / 1000) });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signed };
    return api.call({ method: 'POST', url: '/hooks/stripe', raw: body, headers });
  };
  const checkoutOf = (enrollmentId: unknown, checkoutId: string) =>
    kysely(database.system)
      .insertInto('payment')
      .values({
        workspace_id: database.workspaceId,
        checkout_id: checkoutId,
        enrollment_id: String(enrollmentId),
        perform: 'checkout/1',
        url: 'https://pay.example',
        amount_minor: 12_000,
        currency: 'EUR',
      })
      .execute();

  it('stores a payment event once, however often it comes, and refuses a forged one', async () => {
    await contact('ben');
    const { json } = await request('ben');
    await checkoutOf(json['id'], 'cs_1');
    const event = { id: 'evt_1', ...paid('cs_1', json['id']) };
    expect(await hook(event, 't=1,v1=00')).toMatchObject({ status: 400, json: { code: 'payment.bad_signature' } });
    expect(await inbox(json['runId'])).toEqual([]);
    expect(await hook(event)).toMatchObject({ status: 200, json: { received: true } });
    expect((await hook(event)).status).toBe(200);
    const amounts = { amountMinor: 12_000, listMinor: 12_000, currency: 'EUR' };
    const payload = { status: 'paid', checkoutId: 'cs_1', paymentIntent: 'pi_of_cs_1', ...amounts, isLate: true };
    expect(await inbox(json['runId'])).toEqual([{ kind: 'payment', ref: 'evt_1', payload }]);

    const charge = { object: { payment_intent: 'pi_of_cs_1' } };
    expect((await hook({ id: 'evt_1b', type: 'charge.refunded', created: 1, data: charge })).status).toBe(200);
    const changed = { status: 'changed', paymentIntent: 'pi_of_cs_1' };
    expect(await inbox(json['runId'])).toContainEqual({ kind: 'payment', ref: 'evt_1b', payload: changed });
  });

  it('takes the reports of a workspace’s own account by its own secrets, and of its own payments alone', async () => {
    const own = async (workspaceId: string, ...secrets: string[]): Promise<void> => {
      const [webhookSecret = '', ...more] = secrets;
      const stripe = { kind: 'stripeKeys', secretKey: 'sk_test_of_a_school', webhookSecret };
      const before = more.map((each) => ({ ...stripe, webhookSecret: each }));
      const value = JSON.stringify({ ...stripe, before });
      const keys = masterKeys(api.config);
      const secret = { workspaceId, name: 'payment', value, actor: { kind: 'system' as const, id: null } };
      await inWorkspace(database.app, workspaceId, (tx) => setSecret(tx, keys, secret));
    };
    const report = async (workspaceId: string, secret: string, event: object): Promise<Answer> => {
      const body = JSON.stringify(event);
      const signed = signWebhook({ body, secret, atSeconds: Math.floor(Date.now() / 1000) });
      const headers = { 'content-type': 'application/json', 'stripe-signature': signed };
      return api.call({ method: 'POST', url: `/hooks/stripe/${workspaceId}`, raw: body, headers });
    };
    const other = await database.addWorkspace();
    await contact('yara');
    const { json } = await request('yara');
    await checkoutOf(json['id'], 'cs_own');
    const event = { id: 'evt_own', ...paid('cs_own', json['id']) };
    expect(await report(database.workspaceId, 'whsec_new', event)).toMatchObject({
      status: 503,
      json: { code: 'payment.notConfigured' },
    });
    await own(database.workspaceId, 'whsec_new', 'whsec_before');
    await own(other, 'whsec_other');
    expect((await report(database.workspaceId, 'whsec_other', event)).status).toBe(400);
    expect((await report(other, 'whsec_other', event)).status).toBe(200);
    expect(await inbox(json['runId'])).toEqual([]);
    expect((await report(database.workspaceId, 'whsec_before', event)).status).toBe(200);
    expect((await report(database.workspaceId, 'whsec_new', event)).status).toBe(200);
    expect(await inbox(json['runId'])).toMatchObject([{ kind: 'payment', ref: 'evt_own' }]);
  });

  it('gives no seat for a checkout that was not made here, and says so where it names an enrollment (security 7)', async () => {
    await contact('eda');
    const { json } = await request('eda');
    expect((await hook({ id: 'evt_2', ...paid('cs_elsewhere', json['id']) })).status).toBe(200);
    for (const id of ['evt_2b', 'evt_2c'])
      expect((await hook({ id, ...paid('cs_elsewhere_2', json['id']) })).status).toBe(200);
    expect((await hook({ id: 'evt_3', ...paid('cs_shop', 'order 17') })).status).toBe(200);
    expect((await hook({ id: 'evt_4', type: 'invoice.paid', created: 1, data: { object: {} } })).status).toBe(200);
    expect(await inbox(json['runId'])).toEqual([]);
    const incidents = await kysely(database.system)
      .selectFrom('incident')
      .select(['kind', 'run_id', 'detail', 'message'])
      .where('kind', 'like', 'payment.%')
      .execute();
    const detail = { checkoutId: 'cs_elsewhere', amountMinor: 12_000, currency: 'EUR' };
    expect(incidents).toMatchObject([{ kind: 'payment.foreign', run_id: json['runId'], detail }]);
    const named = incidents[0]?.message.match(/cs_\w+/g);
    expect(named).toEqual(['cs_elsewhere', 'cs_elsewhere_2']);
  });

  it('receives money after the end: the run lives again, a terminated one is a case for a person (courses F2)', async () => {
    await contact('fay');
    const { json } = await request('fay');
    await checkoutOf(json['id'], 'cs_fay');
    const run = { workspace_id: database.workspaceId, id: String(json['runId']) };
    const end = (status: 'exited' | 'terminated') =>
      kysely(database.system)
        .updateTable('run')
        .set({ status, ended_at: new Date() })
        .where('id', '=', run.id)
        .execute();
    const stateOf = () =>
      kysely(database.system)
        .selectFrom('run')
        .select(['status', 'ended_at'])
        .where('id', '=', run.id)
        .executeTakeFirst();
    const at = { workspace_id: run.workspace_id, run_id: run.id, turn: 0, generation: 0 };
    await kysely(database.system)
      .insertInto('run_turn')
      .values({ ...at, state: '{}', at: new Date() })
      .execute();
    await end('exited');
    expect((await hook({ id: 'evt_5', ...paid('cs_fay', json['id']) })).status).toBe(200);
    expect(await stateOf()).toEqual({ status: 'waiting', ended_at: null });
    expect(await inbox(run.id)).toHaveLength(1);

    await end('terminated');
    await checkoutOf(json['id'], 'cs_fay_2');
    expect((await hook({ id: 'evt_6', ...paid('cs_fay_2', json['id']) })).status).toBe(200);
    expect(await stateOf()).toMatchObject({ status: 'terminated' });
    const incident = await kysely(database.system)
      .selectFrom('incident')
      .select('kind')
      .where('run_id', '=', run.id)
      .execute();
    expect(incident).toEqual([{ kind: 'payment.unplaced' }]);
  });

  it('adds up what came, went and stands in each currency (courses F16, dashboard F9)', async () => {
    await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/spring', key, body: { ...shortRun, currency: 'JPY' } });
    const ids: unknown[] = [];
    for (const who of ['gil', 'hana']) {
      await contact(who);
      const body = { course: 'sql', run: 'spring', contact: who };
      ids.push((await api.call({ method: 'POST', url: '/v1/enrollments', key, body })).json['id']);
    }
    const of = { workspace_id: database.workspaceId, kind: 'refund' as const, is_own: true, status: 'succeeded' };
    const [gil, hana] = ids.map(String);
    for (const [checkout, id] of [
      ['cs_gil', gil],
      ['cs_hana', hana],
    ] as const) {
      await checkoutOf(id, checkout);
      await hook({ id: `evt_${checkout}`, ...paid(checkout, id) });
    }
    const update = kysely(database.system)
      .updateTable('payment')
      .set({ received_minor: 20_000, received_currency: 'JPY' });
    await update.where('checkout_id', '=', 'cs_hana').execute();
    const back = { ...of, enrollment_id: String(gil), payment_intent: 'pi_of_cs_gil', currency: 'EUR' };
    await kysely(database.system)
      .insertInto('money_back')
      .values([
        { ...back, id: 're_gil', amount_minor: 5_000, is_out: true },
        { ...back, id: 're_failed', amount_minor: 5_000, is_out: false },
      ])
      .execute();
    expect((await api.call({ url: '/v1/courses/sql/runs/spring', key })).json['money']).toMatchObject({
      currencies: [
        { currency: 'EUR', cameMinor: 12_000, wentMinor: 5_000, standsMinor: 7_000 },
        { currency: 'JPY', cameMinor: 20_000, wentMinor: 0, standsMinor: 20_000 },
      ],
    });
  });

  it('has nothing to answer while no seat is offered, and shows an enrollment to its workspace alone', async () => {
    await contact('dora');
    const { json } = await request('dora');
    const url = `/v1/enrollments/${String(json['id'])}`;
    expect(await api.call({ method: 'POST', url: `${url}/offer`, key, body: { answer: 'accept' } })).toMatchObject({
      status: 409,
      json: { code: 'enrollment.noOffer' },
    });
    const run = await kysely(database.system)
      .selectFrom('course_run')
      .select('id')
      .where('slug', '=', 'autumn')
      .executeTakeFirstOrThrow();
    await kysely(database.system)
      .insertInto('seat')
      .values({
        workspace_id: database.workspaceId,
        course_run_id: run.id,
        enrollment_id: String(json['id']),
        kind: 'offer',
        expires_at: new Date(Date.now() - 1_000),
      })
      .execute();
    // An offer that is over stands until its run has made a turn (courses F6).
    expect(await api.call({ method: 'POST', url: `${url}/offer`, key, body: { answer: 'accept' } })).toMatchObject({
      status: 409,
      json: { code: 'enrollment.offerOver' },
    });
    // Nothing to take back either (courses F20).
    expect(await api.call({ method: 'POST', url: `${url}/stay`, key })).toMatchObject({
      status: 409,
      json: { code: 'enrollment.notLeaving' },
    });
    // Nor once a withdrawal is decided, and the turn that follows has not come.
    const lifecycle = (value: string) =>
      kysely(database.system)
        .updateTable('enrollment')
        .set({ lifecycle: value })
        .where('id', '=', String(json['id']))
        .execute();
    await lifecycle('withdrawing');
    expect(await api.call({ url, key })).toMatchObject({ json: { actions: [] } });
    expect(await api.call({ method: 'POST', url: `${url}/stay`, key })).toMatchObject({
      status: 409,
      json: { code: 'enrollment.notLeaving' },
    });
    await lifecycle(String(json['lifecycle']));
    const foreign = await api.key(['enrollments:read'], await database.addWorkspace());
    expect((await api.call({ url, key: foreign })).status).toBe(404);
    expect(await api.call({ url, key })).toMatchObject({ status: 200, json: { id: json['id'] } });
    const list = await api.call({ url: '/v1/enrollments?limit=2', key });
    expect(list.json['items']).toHaveLength(2);
    expect(list.json['nextCursor']).toEqual(expect.any(String));
  });
});
