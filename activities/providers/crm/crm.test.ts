import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { closedPort } from '../../../local/control/closed-port.ts';
import { startDoubles } from '../../../local/control/doubles.ts';
import { ProviderError } from '../provider-error.ts';
import type { CrmClient, CrmConfig } from './crm-client.ts';
import { createHubspotClient } from './hubspot/hubspot.ts';
import { createSalesforceClient } from './salesforce/salesforce.ts';

const timeoutMs = 30_000;
const doubles = await startDoubles();
afterAll(() => doubles.stop());
beforeEach(() => doubles.control.reset());

const ana = {
  externalId: 'w1/c 42',
  email: 'ana@example.com',
  properties: { firstName: 'Ana', lastName: 'Silva', score: 7, vip: true, note: null },
  idempotencyKey: 'run1/crm',
};

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ProviderError ? error.failure : error;
}

describe.each([
  {
    name: 'HubSpot',
    create: createHubspotClient,
    contacts: 'contacts',
    notes: 'notes',
    first: 'firstname',
    id: 'throughline_id',
  },
  {
    name: 'Salesforce',
    create: createSalesforceClient,
    contacts: 'Contact',
    notes: 'Task',
    first: 'FirstName',
    id: 'Throughline_Id__c',
  },
])('$name', ({ create, contacts, notes, first, id }) => {
  const client = (extra: Partial<CrmConfig> = {}): CrmClient =>
    create({ baseUrl: doubles.urls.crm, token: 'token', timeoutMs, ...extra });
  /** Gives up early where a fault keeps a caller waiting. */
  const struck = (fault: string): CrmClient => client(fault.startsWith('reset') ? {} : { timeoutMs: 1_000 });

  it('creates a contact once and brings it up to date afterwards', async () => {
    const made = await client().upsertContact(ana);
    const changed = await client().upsertContact({ ...ana, properties: { ...ana.properties, firstName: 'Anna' } });
    expect([made.isNew, changed.isNew]).toEqual([true, false]);
    expect(changed.crmId).toBe(made.crmId);
    const [contact, ...others] = doubles.crm.store.list(contacts);
    expect(others).toEqual([]);
    expect(contact?.properties).toMatchObject({ [first]: 'Anna', [id]: 'w1/c 42', score: '7', vip: 'true', note: '' });
  });

  it('uses the names that the settings map', async () => {
    await client({ fields: { score: 'lead_score' } }).upsertContact(ana);
    expect(doubles.crm.store.list(contacts)[0]?.properties).toMatchObject({ lead_score: '7' });
  });

  it('adds a note once, however often it is asked to', async () => {
    const { crmId } = await client().upsertContact(ana);
    const note = {
      crmContactId: crmId,
      text: 'Confirmed for Pottery',
      at: '2026-11-24T08:00:00Z',
      idempotencyKey: 'run1/note/1',
    };
    const one = await client().addNote(note);
    const two = await client().addNote(note);
    expect(two).toEqual(one);
    expect(doubles.crm.store.list(notes)).toHaveLength(1);
    expect(JSON.stringify(doubles.crm.store.list(notes)[0]?.properties)).toContain(crmId);
  });

  it.each([
    [
      '429 with Retry-After',
      { status: 429, retryAfterSeconds: 11 },
      { kind: 'rateLimited', code: 'crm.rate_limited', retryAfterMs: 11_000 },
    ],
    ['503', { status: 503 }, { kind: 'transient', code: 'crm.unavailable' }],
    ['500', { status: 500 }, { kind: 'ambiguous', code: 'crm.failed' }],
    ['401', { status: 401 }, { kind: 'misconfigured', code: 'crm.unauthorised' }],
    ['400', { status: 400 }, { kind: 'rejected', code: 'crm.invalid_request' }],
  ])('%s', async (_name, http, expected) => {
    await doubles.control.addFault({ service: 'crm', fault: 'status', ...http });
    expect(await failureOf(client().upsertContact(ana))).toMatchObject(expected);
    expect(doubles.journals.crm.entries()).toHaveLength(0);
  });

  it.each(['timeoutAfterCommit', 'resetAfterCommit'] as const)(
    'is in doubt after %s, and the next try makes no second contact',
    async (fault) => {
      await doubles.control.addFault({ service: 'crm', fault, count: 1 });
      expect(await failureOf(struck(fault).upsertContact(ana))).toMatchObject({ kind: 'ambiguous' });
      expect(await client().upsertContact(ana)).toMatchObject({ isNew: false });
      expect(doubles.crm.store.list(contacts)).toHaveLength(1);
    },
  );

  it.each(['hang', 'reset'] as const)('is in doubt after %s, and the next try makes the contact', async (fault) => {
    await doubles.control.addFault({ service: 'crm', fault, count: 1 });
    expect(await failureOf(struck(fault).upsertContact(ana))).toMatchObject({ kind: 'ambiguous' });
    expect(await client().upsertContact(ana)).toMatchObject({ isNew: true });
  });

  it('knows that nothing happened when nobody listens', async () => {
    const nobody = create({ baseUrl: `http://127.0.0.1:${await closedPort()}`, token: 't', timeoutMs });
    expect(await failureOf(nobody.upsertContact(ana))).toMatchObject({ kind: 'transient', code: 'crm.connection' });
  });

  it('asks for a new token once when the old one has run out', async () => {
    const asked: boolean[] = [];
    const renewing = client({
      token: ({ isRefresh }) => {
        asked.push(isRefresh);
        return Promise.resolve('t');
      },
    });
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 401, count: 1 });
    expect(await renewing.upsertContact(ana)).toMatchObject({ isNew: true });
    expect(asked).toEqual([false, true]);
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 401 });
    expect(await failureOf(renewing.upsertContact(ana))).toMatchObject({ kind: 'misconfigured' });
    expect(asked).toHaveLength(4);
  });

  it('throws the reason of the caller who gave up', async () => {
    const reason = new Error('the run has exited');
    expect(await failureOf(client().upsertContact({ ...ana, signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

describe('HubSpot alone', () => {
  const hubspot = createHubspotClient({ baseUrl: doubles.urls.crm, token: 'token', timeoutMs });

  it('takes over the contact that has the email already', async () => {
    doubles.crm.store.create({ type: 'contacts', key: 'x', properties: { email: ana.email, owner: 'sales' } });
    expect(await hubspot.upsertContact(ana)).toMatchObject({ isNew: false });
    expect(await hubspot.upsertContact(ana)).toMatchObject({ isNew: false });
    const [contact, ...others] = doubles.crm.store.list('contacts');
    expect(others).toEqual([]);
    expect(contact?.properties).toMatchObject({ owner: 'sales', throughline_id: ana.externalId });
  });

  it('does not take a batch with an error for its row for a success', async () => {
    await doubles.control.addFault({ service: 'crm', fault: 'partial', count: 1 });
    expect(await failureOf(hubspot.upsertContact(ana))).toMatchObject({ kind: 'rejected', code: 'crm.row_refused' });
  });

  it('tries a 409 without a conflict again', async () => {
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 409, count: 2 });
    expect(await failureOf(hubspot.upsertContact({ ...ana, email: null }))).toMatchObject({ kind: 'transient' });
  });
});

describe('Salesforce alone', () => {
  const salesforce = createSalesforceClient({ baseUrl: doubles.urls.crm, token: 'token', timeoutMs });

  it('gives a contact without a last name one that a person recognises', async () => {
    expect(await salesforce.upsertContact({ ...ana, properties: {} })).toMatchObject({ isNew: true });
    expect(doubles.crm.store.list('Contact')[0]?.properties).toMatchObject({ LastName: 'ana@example.com' });
  });

  it('waits when the limit of the day is used up', async () => {
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 403 });
    expect(await failureOf(salesforce.upsertContact(ana))).toMatchObject({
      kind: 'rateLimited',
      code: 'crm.rate_limited',
    });
  });
});
