import { expect, it, vi } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { retryFailed } from './retry-failed.ts';

const operation = {
  id: '01a22c29-8cda-78ab-97eb-02f911f5606a',
  kind: 'retry',
  reason: 'mended',
  state: 'running',
  journey: null,
  version: null,
  total: 3,
  done: 0,
  refused: 0,
  reasons: {},
  rate: null,
  by: 'Eva',
  createdAt: '2026-03-02T09:00:00.000Z',
  endedAt: null,
};
const json = (body: object): Response =>
  new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } });

/** An API whose operation has ended when it is looked at for the second time, with one run that refused. */
function api(asked: { method: string; path: string; body: unknown }[]): typeof fetch {
  return async (input, init) => {
    const { pathname: path } = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    asked.push({ method, path, body: typeof init?.body === 'string' ? JSON.parse(init.body) : null });
    if (path.endsWith('/refusals')) {
      const items = [{ runId: operation.id, title: 'Welcome', code: 'run.mayHaveHappened', message: 'look first' }];
      return json({ items, nextCursor: null });
    }
    const looks = asked.filter((call) => call.method === 'GET').length;
    return json(looks < 2 ? operation : { ...operation, state: 'done', done: 2, refused: 1 });
  };
}

it('has the server retry all that failed, says how far it is, and fails where one refused (dashboard F2)', async () => {
  const said: unknown[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line).trim()) > 0);
  const asked: Parameters<typeof api>[0] = [];
  const client = createClient({ baseUrl: 'http://api.test', key: 'k', fetch: api(asked) });
  const retrying = retryFailed({ reason: 'mended', journey: 'welcome' }, client, 1);
  await expect(retrying).rejects.toThrow('1 of 3 run(s) were not retried');
  expect(said).toEqual([
    '0/3  0 done, 0 refused',
    '3/3  2 done, 1 refused',
    `${operation.id}  run.mayHaveHappened: look first`,
  ]);
  expect(asked.filter(({ method }) => method === 'POST')).toMatchObject([
    {
      path: '/v1/bulk-operations',
      body: { kind: 'retry', runs: { filter: { status: 'failed', journey: 'welcome' } } },
    },
  ]);
  vi.restoreAllMocks();
});
