import { permissions, roles, scopes } from '../../contracts/access/access.ts';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { newId } from '../../platform/ids.ts';
import type { Caller, TestCall } from '../support/caller.ts';
import { letter, rowsCsv } from '../support/batches.ts';
import { shortRun } from '../support/courses.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { decideOverApi, openTestGate } from '../support/gates.ts';
import { mailedJourney, publishJourney, sampleJourney } from '../support/journeys.ts';
import type { TestInstallation } from '../support/use-installation.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

/** One of each thing that an operation can be about, in one workspace; keys and ids by name. */
export type World = {
  key: string;
  cookie: string;
  password: string;
  email: string;
  ids: Record<
    | 'workspace'
    | 'run'
    | 'bulk'
    | 'entry'
    | 'gate'
    | 'gateHash'
    | 'mailedGate'
    | 'effect'
    | 'incident'
    | 'member'
    | 'view'
    | 'apiKey'
    | 'enrollment'
    | 'offered'
    | 'leaving'
    | 'batch'
    | 'liveBatch'
    | 'document'
    | 'documentHash'
    | 'delivered',
    string
  >;
};

const boundary = 'the-boundary-of-the-walk';

/** A multipart upload of a small batch. */
export function upload(csv: string, changes: object = {}): { raw: Buffer; headers: Record<string, string> } {
  const options = {
    name: 'Walk',
    brief: 'Tell customers that their policy is renewed.',
    template: letter,
    brand: { name: 'Acme' },
    columns: { key: 'policy' },
    model: 'stub-small',
    budgetMicros: 50_000_000,
    ...changes,
  };
  const raw = [
    `--${boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n${JSON.stringify(options)}\r\n`,
    `--${boundary}\r\nContent-Disposition: form-data; name="rows"; filename="rows.csv"\r\nContent-Type: text/csv\r\n\r\n${csv}\r\n`,
    `--${boundary}--\r\n`,
  ].join('');
  return { raw: Buffer.from(raw), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

/** What the world is made with. */
type Parts = Pick<TestInstallation, 'database' | 'api' | 'doubles'>;

/** Makes the world over HTTP, as far as it can be made so. */
export async function makeWorld({ database, api, doubles }: Parts): Promise<World> {
  const key = await api.key([...scopes]);
  const person = await api.member([...roles]);
  const password = 'a long password of the walk';
  const ok = async (call: TestCall): Promise<Record<string, unknown>> => {
    const answer = await api.call(call);
    if (answer.status >= 300) throw new Error(`${call.method ?? 'GET'} ${call.url}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  await ok({ method: 'PUT', url: '/v1/session/password', cookie: person.cookie, body: { next: password } });
  await ok({
    method: 'PUT',
    url: '/v1/contacts/ana',
    key,
    body: { email: 'ana@example.com', attributes: { name: 'Ana' } },
  });
  await publishJourney(api, key, sampleJourney('walk'));
  const started = await ok({ method: 'POST', url: '/v1/journeys/walk/runs', key, body: { contact: 'ana' } });
  const ended = { kind: 'retry', runs: { ids: [String(started['runId'])] }, reason: 'to look' };
  const bulk = await ok({ method: 'POST', url: '/v1/bulk-operations', key, body: ended });
  const nobody = { people: { attributes: { of: 'nobody' } } };
  const entry = await ok({ method: 'POST', url: '/v1/journeys/walk/entries', key, body: nobody });
  await ok({
    method: 'PUT',
    url: '/v1/templates/message/walk',
    key,
    body: { content: { subject: 'Hi', markdown: 'Hello' } },
  });
  const { gateId, contentHash } = await openTestGate(database);
  const invited = await ok({
    method: 'POST',
    url: '/v1/members',
    cookie: person.cookie,
    // A person belongs to the installation, which other worlds share.
    body: { email: `${newId()}@example.com`, name: 'Bo', roles: ['viewer'] },
  });
  const apiKey = await ok({
    method: 'POST',
    url: '/v1/api-keys',
    cookie: person.cookie,
    body: { name: 'to revoke', scopes: [permissions[0]] },
  });
  const view = await ok({
    method: 'POST',
    url: '/v1/views',
    cookie: person.cookie,
    body: { page: 'runs', name: 'Batches', query: { kind: 'batch' } },
  });
  // Each waits for the engine again and again.
  const [mailed, enrolled, made] = await Promise.all([
    mailedGate(api, key, ok),
    enrollments(doubles, key, ok),
    batches(api, key, doubles, ok),
  ]);
  const ids = {
    workspace: database.workspaceId,
    run: String(started['runId']),
    bulk: String(bulk['id']),
    entry: String(entry['id']),
    gate: gateId,
    gateHash: contentHash,
    mailedGate: mailed,
    effect: await unknownEffect(database, String(started['runId'])),
    incident: await anIncident(database, String(started['runId'])),
    member: String(invited['id']),
    view: String(view['id']),
    apiKey: String(apiKey['id']),
    ...enrolled,
    ...made,
  };
  return { key, cookie: person.cookie, password, email: person.email, ids };
}

type Ok = (call: TestCall) => Promise<Record<string, unknown>>;

/** An open approval whose outcome sends a mail. */
async function mailedGate(api: Caller, key: string, ok: Ok): Promise<string> {
  await publishJourney(api, key, mailedJourney('mailed'));
  const { runId } = await ok({ method: 'POST', url: '/v1/journeys/mailed/runs', key, body: { contact: 'ana' } });
  const [gate] = await eventually('an approval', async () => {
    const { items } = await ok({ url: `/v1/gates?runId=${String(runId)}`, key });
    return (items as { id: string }[]).length > 0 && (items as { id: string }[]);
  });
  return gate?.id ?? '';
}

async function unknownEffect(database: TestDatabase, runId: string): Promise<string> {
  const row = await kysely(database.system)
    .insertInto('effect')
    .values({
      workspace_id: database.workspaceId,
      key: `walk/${newId()}`,
      run_id: runId,
      step: 'first-login',
      visit: 1,
      generation: 0,
      kind: 'email',
      mode: 'atMostOnce',
      state: 'unknown',
      request: '{}',
      frozen: Buffer.from('Subject: Hello\r\n\r\nHello\r\n'),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function anIncident(database: TestDatabase, runId: string): Promise<string> {
  const { workspaceId, system } = database;
  await openIncident(system, { workspaceId, runId, kind: 'test.walk', message: 'Look at this' });
  const row = await kysely(system)
    .selectFrom('incident')
    .select('id')
    .where('kind', '=', 'test.walk')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A confirmed learner of a free course run with one seat leaves, so the one who waits is offered the seat; one who has paid wants to leave. */
async function enrollments(
  doubles: Parts['doubles'],
  key: string,
  ok: Ok,
): Promise<Record<'enrollment' | 'offered' | 'leaving', string>> {
  const completion = { moveOn: 'completed' };
  await ok({ method: 'PUT', url: '/v1/courses/sql', key, body: { title: 'SQL', prerequisites: [], completion } });
  const run = { ...shortRun, capacity: 1, priceMinor: 0, offerFor: 'PT10M' };
  await ok({ method: 'PUT', url: '/v1/courses/sql/runs/autumn', key, body: run });
  const request = async (contact: string, of = 'autumn'): Promise<string> => {
    await ok({ method: 'PUT', url: `/v1/contacts/${contact}`, key, body: { email: `${contact}@example.com` } });
    const body = { course: 'sql', run: of, contact };
    return String((await ok({ method: 'POST', url: '/v1/enrollments', key, body }))['id']);
  };
  const until = (id: string, lifecycle: string): Promise<unknown> =>
    eventually(lifecycle, async () => (await ok({ url: `/v1/enrollments/${id}`, key }))['lifecycle'] === lifecycle);
  const first = await request('first');
  await until(first, 'active');
  const second = await request('second');
  await until(second, 'waitlisted');
  await ok({ method: 'POST', url: `/v1/enrollments/${first}/withdraw`, key, body: { reason: 'No time' } });
  await until(second, 'offered');
  // One who has paid and withdraws waits for a decision about the refund.
  await ok({ method: 'PUT', url: '/v1/courses/sql/runs/spring', key, body: { ...run, priceMinor: 12_000 } });
  const leaving = await request('third', 'spring');
  const session = await eventually('a checkout', async () => {
    const { checkoutUrl } = await ok({ url: `/v1/enrollments/${leaving}`, key });
    return /cs_\w+/.exec(String(checkoutUrl))?.[0];
  });
  await doubles.paySession(session);
  await until(leaving, 'active');
  await ok({ method: 'POST', url: `/v1/enrollments/${leaving}/withdraw`, key, body: { reason: 'No time' } });
  await until(leaving, 'withdrawing');
  return { enrollment: second, offered: second, leaving };
}

type BatchIds = Record<'batch' | 'liveBatch' | 'document' | 'documentHash' | 'delivered', string>;

/** One batch that is delivered but for a row that the model refuses, one in review with a flagged document, one that waits for its estimate. */
async function batches(api: Caller, key: string, doubles: Parts['doubles'], ok: Ok): Promise<BatchIds> {
  const create = async (csv: string): Promise<{ id: string; runId: string }> => {
    const made = await ok({ method: 'POST', url: '/v1/batches', key, ...upload(csv) });
    return { id: String(made['id']), runId: String(made['runId']) };
  };
  const until = (id: string, what: string, test: (batch: Record<string, unknown>) => boolean): Promise<unknown> =>
    eventually(what, async () => test(await ok({ url: `/v1/batches/${id}`, key })));

  const refused = newId();
  await doubles.addFault({ service: 'llm', fault: 'status', status: 400, match: refused });
  const done = await create(rowsCsv(2).replace('P-1001', refused));
  await decideOverApi(api, key, done.runId, 'approve-estimate', 'approve');
  await until(done.id, 'the archive', (batch) => batch['hasArchive'] === true);
  // A policy number of its own: the model is shared with other worlds.
  const policy = newId();
  await doubles.addFault({ service: 'llm', fault: 'inventedNumber', match: policy });
  const reviewed = await create(rowsCsv(2).replace('P-1001', policy));
  await decideOverApi(api, key, reviewed.runId, 'approve-estimate', 'approve');
  await until(reviewed.id, 'the review', (batch) => batch['stage'] === 'review');
  // Paused, so that a draft that is asked for stays open until it is taken back.
  await ok({ method: 'POST', url: `/v1/batches/${reviewed.id}/pause`, key, body: { reason: 'to look' } });
  await until(reviewed.id, 'the pause', (batch) => batch['paused'] === 'person');
  const flagged = (await ok({ url: `/v1/batches/${reviewed.id}/documents?show=flagged`, key }))['items'];
  const [document] = flagged as { id: string; contentHash: string }[];
  const delivered = (await ok({ url: `/v1/batches/${done.id}/documents`, key }))['items'] as { id: string }[];
  const live = await create(rowsCsv(2));
  await until(live.id, 'the estimate', (batch) => batch['stage'] === 'approve-estimate');
  return {
    batch: done.id,
    liveBatch: live.id,
    document: document?.id ?? '',
    documentHash: document?.contentHash ?? '',
    delivered: delivered[0]?.id ?? '',
  };
}
