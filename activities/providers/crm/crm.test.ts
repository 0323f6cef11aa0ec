import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../contracts/core/json.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { closedPort } from '../../../local/control/closed-port.ts';
import { startDoubles } from '../../../local/control/doubles.ts';
import { readSettings } from '../../../platform/config.ts';
import { ProviderError } from '../provider-error.ts';
import type { CrmClient, CrmConfig } from './crm-client.ts';
import { crmValues } from './crm-values.ts';
import { hubspot as hubspotProvider } from './hubspot/provider.ts';
import { salesforce as salesforceProvider } from './salesforce/provider.ts';
import { createHubspotClient } from './hubspot/hubspot.ts';
import { createSalesforceClient } from './salesforce/salesforce.ts';

const timeoutMs = 30_000;
const doubles = await startDoubles();
afterAll(() => doubles.stop());
beforeEach(() => doubles.control.reset());

const ana = {
  externalId: 'w1/c 42',
  email: 'ana@example.com',
  properties: { firstName: 'Ana', lastName: 'Silva', score: 7, vip: true, note: '' },
  idempotencyKey: 'run1/crm',
};

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ProviderError ? error.failure : error;
}

type Given = { status: number; headers?: Record<string, string>; body?: string };

/** Does `work` with the address of a server that answers each path as `given` says. */
async function answering(given: (path: string) => Given, work: (baseUrl: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const { status, headers = {}, body = '' } = given(request.url ?? '');
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('values for a CRM', () => {
  it.each<[string, JsonObject, string]>([
    ['an object', { address: { city: 'Bonn' } }, 'set.address is an object.'],
    ['a list of objects', { items: [{ sku: 1 }] }, 'set.items is a list of lists or objects.'],
    ['a list with a gap', { items: ['a', null] }, 'set.items is a list of lists or objects.'],
  ])('refuses %s with its path (HubSpot/hubspot-api-nodejs#21)', (_name, set, message) =>
    expect(() => crmValues(set)).toThrow(message),
  );
});

describe.each([
  {
    name: 'HubSpot',
    provider: hubspotProvider,
    create: createHubspotClient,
    contacts: 'contacts',
    notes: 'notes',
    first: 'firstname',
    id: 'throughline_id',
  },
  {
    name: 'Salesforce',
    provider: salesforceProvider,
    create: createSalesforceClient,
    contacts: 'Contact',
    notes: 'Task',
    first: 'FirstName',
    id: 'Throughline_Id__c',
  },
])('$name', ({ provider, create, contacts, notes, first, id }) => {
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

  const connected = (): CrmClient => {
    const access = { CRM_BASE_URL: doubles.urls.crm, CRM_TOKEN: '', CRM_CLIENT_ID: 'id', CRM_CLIENT_SECRET: 's' };
    return provider.create({ ...access, CRM_REFRESH_TOKEN: 'refresh-1' });
  };
  const tokensGiven = (): number =>
    doubles.journals.crm.entries().filter((entry) => entry.kind === 'token.given').length;
  const many = (crm: CrmClient): Promise<unknown[]> =>
    Promise.all(
      Array.from({ length: 20 }, (_, at) => crm.upsertContact({ ...ana, externalId: `c${at}`, email: null })),
    );

  it('gets a token by the refresh token once for all who call, and again once when it has run out', async () => {
    const crm = connected();
    await many(crm);
    expect(tokensGiven()).toBe(1);
    doubles.crm.tokens.expire();
    await many(crm);
    expect(tokensGiven()).toBe(2);
  });

  it('renews a token that is refused once, and no more where the new one is refused too', async () => {
    const crm = connected();
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 401 });
    expect(await failureOf(crm.upsertContact(ana))).toMatchObject({ kind: 'misconfigured', code: 'crm.unauthorised' });
    expect(tokensGiven()).toBe(2);
  });

  it('says that the key is refused once the refresh token is revoked, and goes on when it is taken again', async () => {
    const crm = connected();
    await doubles.control.addFault({ service: 'crm', fault: 'revoked' });
    expect(await failureOf(crm.upsertContact(ana))).toMatchObject({
      kind: 'misconfigured',
      message: expect.stringContaining('The CRM refuses the key'),
    });
    await doubles.control.clearFaults();
    expect(await crm.upsertContact(ana)).toMatchObject({ isNew: true });
  });

  it.each([301, 302, 307])(
    'waits for its new address where it has moved, and loses nothing: %i (IlluminatedCloud 1667)',
    async (status) => {
      await answering(
        () => ({ status, headers: { location: 'https://new.example.com/' } }),
        async (baseUrl) => {
          const failure = await failureOf(create({ baseUrl, token: 't', timeoutMs }).upsertContact(ana));
          expect(failure).toMatchObject({ kind: 'misconfigured', code: 'crm.moved' });
        },
      );
    },
  );

  it.each(['<html>We will be back soon</html>', '', '{"results":'])(
    'asks again after an answer of 200 that is no answer: %j (perma 2649)',
    async (body) => {
      await answering(
        () => ({ status: 200, body }),
        async (baseUrl) => {
          const failure = await failureOf(create({ baseUrl, token: 't', timeoutMs }).upsertContact(ana));
          expect(failure).toMatchObject({ kind: 'ambiguous', code: 'crm.bad_reply' });
        },
      );
    },
  );

  it('has its token in no header that would be shown in an error (hopsworks-api 185)', () => {
    const read = (CRM_TOKEN: string) => readSettings(provider.settings, { CRM_TOKEN, CRM_BASE_URL: doubles.urls.crm });
    expect(read('pat-1\n').CRM_TOKEN).toBe('pat-1');
    for (const token of ['pat-1\nx', 'pat-1\u200b', 'pat 1']) {
      expect(() => read(token)).toThrow(/^(?!.*pat).*CRM_TOKEN: has white space/s);
    }
  });

  it('leaves a field alone whose value is not there, and empties it by an empty text (mautic#4445)', async () => {
    await client().upsertContact({ ...ana, properties: crmValues({ lastName: 'Silva', phone: '+49 170 1' }) });
    await client().upsertContact({ ...ana, properties: crmValues({ phone: null, score: null }) });
    const phone = (): unknown => {
      const stored = doubles.crm.store.list(contacts)[0]?.properties ?? {};
      return stored['phone'] ?? stored['Phone'];
    };
    expect(phone()).toBe('+49 170 1');
    await client().upsertContact({ ...ana, properties: crmValues({ phone: '' }) });
    expect(phone()).toBe('');
  });

  it('sends a list as the choices of a field of several, and refuses it for any other with the path', async () => {
    const list = crmValues({ lastName: 'Silva', Interests__c: ['pottery', 'glass'] });
    expect(await failureOf(client().upsertContact({ ...ana, properties: list }))).toMatchObject({
      kind: 'rejected',
      code: 'crm.value',
      message: 'set.Interests__c is a list, and the CRM’s field Interests__c takes one value.',
    });
    doubles.crm.store.addChoiceField(contacts, 'Interests__c');
    await client().upsertContact({ ...ana, properties: list });
    expect(doubles.crm.store.list(contacts)[0]?.properties['Interests__c']).toBe('pottery;glass');
    const odd = crmValues({ Interests__c: ['a;b'] });
    expect(await failureOf(client().upsertContact({ ...ana, properties: odd }))).toMatchObject({ code: 'crm.value' });
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

  it('does not take a page of a proxy for the note’s place on its contact (perma 2649)', async () => {
    const made = JSON.stringify({ status: 'COMPLETE', results: [{ id: '7', new: true }] });
    await answering(
      (path) => ({ status: 200, body: path.includes('/associations/') ? '<html>Back soon</html>' : made }),
      async (baseUrl) => {
        const note = { crmContactId: '1', text: 'Confirmed', at: '2026-11-24T08:00:00Z', idempotencyKey: 'n1' };
        const failure = await failureOf(createHubspotClient({ baseUrl, token: 't', timeoutMs }).addNote(note));
        expect(failure).toMatchObject({ kind: 'ambiguous', code: 'crm.bad_reply' });
      },
    );
  });

  it.each([
    [
      429,
      { errorType: 'RATE_LIMIT', policyName: 'DAILY' },
      { kind: 'rateLimited', code: 'crm.day_limit', retryAfterMs: 900_000 },
    ],
    [429, { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' }, { code: 'crm.rate_limited' }],
    [
      403,
      { category: 'MISSING_SCOPES', context: { requiredGranularScopes: ['crm.objects.contacts.write'] } },
      { kind: 'misconfigured', message: expect.stringContaining('give its app crm.objects.contacts.write') },
    ],
    [403, { category: 'OTHER' }, { kind: 'misconfigured', code: 'crm.unauthorised' }],
  ])('%i with %j says what has to be done', async (status, body, expected) => {
    await answering(
      () => ({ status, body: JSON.stringify(body) }),
      async (baseUrl) => {
        const client = createHubspotClient({ baseUrl, token: 't', timeoutMs });
        expect(await failureOf(client.upsertContact(ana))).toMatchObject(expected);
      },
    );
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

  it('cuts a name to what Salesforce takes, where it has none but the address (mautic 8989)', async () => {
    const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.example.com`;
    await salesforce.upsertContact({ ...ana, email, properties: {} });
    expect(doubles.crm.store.list('Contact')[0]?.properties).toMatchObject({
      LastName: email.slice(0, 80),
      Email: email,
    });
  });

  it('waits when the limit of the day is used up, where it asks what a field takes too (SwiftlySalesforce 29)', async () => {
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 403, match: '/describe' });
    const properties = crmValues({ Interests__c: ['pottery'] });
    expect(await failureOf(salesforce.upsertContact({ ...ana, properties }))).toMatchObject({
      kind: 'rateLimited',
      code: 'crm.day_limit',
    });
  });

  it('waits when the limit of the day is used up', async () => {
    await doubles.control.addFault({ service: 'crm', fault: 'status', status: 403 });
    expect(await failureOf(salesforce.upsertContact(ana))).toMatchObject({
      kind: 'rateLimited',
      code: 'crm.day_limit',
      retryAfterMs: 900_000,
    });
  });

  it.each([
    [403, 'INSUFFICIENT_ACCESS_OR_READONLY', { kind: 'rejected', code: 'crm.no_access' }],
    [403, 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', { kind: 'rejected', code: 'crm.no_access' }],
    [403, 'API_DISABLED_FOR_ORG', { kind: 'misconfigured', code: 'crm.unauthorised' }],
    [401, 'INVALID_SESSION_ID', { kind: 'misconfigured', code: 'crm.unauthorised' }],
  ])('%i with %s is about a record, or about the key', async (status, errorCode, expected) => {
    await answering(
      () => ({ status, body: JSON.stringify([{ errorCode, message: 'no' }]) }),
      async (baseUrl) => {
        const client = createSalesforceClient({ baseUrl, token: 't', timeoutMs });
        expect(await failureOf(client.upsertContact(ana))).toMatchObject(expected);
      },
    );
  });
});
