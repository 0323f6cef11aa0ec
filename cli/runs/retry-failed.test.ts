import { expect, it, vi } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { retryFailed } from './retry-failed.ts';

const problem = { code: 'run.mayHaveHappened', detail: 'look first', status: 409, errors: [] };
const json = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** An API with three failed runs on two pages, of which the second refuses. */
function api(asked: string[]): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(`${init?.method ?? 'GET'} ${url.pathname}${url.search}`);
    if (init?.method === 'POST') return url.pathname.includes('/b/') ? json(409, problem) : json(202, {});
    return url.searchParams.has('cursor')
      ? json(200, { items: [{ id: 'c' }], nextCursor: null })
      : json(200, { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'more' });
  };
}

it('retries each failed run by itself, says what came of each, and fails where one refused (dashboard F2)', async () => {
  const said: unknown[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line).trim()) > 0);
  const asked: string[] = [];
  const client = createClient({ baseUrl: 'http://api.test', key: 'k', fetch: api(asked) });
  const retrying = retryFailed({ reason: 'mended', journey: 'welcome', limit: '1000' }, client);
  await expect(retrying).rejects.toThrow('1 of 3 run(s) were not retried');
  expect(said).toEqual(['1/3  a  retried', '2/3  b  run.mayHaveHappened: look first', '3/3  c  retried']);
  expect(asked[0]).toContain('journey=welcome');
  expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  vi.restoreAllMocks();
});

it('retries no more than it was asked for', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const asked: string[] = [];
  await retryFailed(
    { reason: 'mended', limit: '1' },
    createClient({ baseUrl: 'http://api.test', key: 'k', fetch: api(asked) }),
  );
  expect(asked.map((line) => line.split('?')[0])).toEqual(['GET /v1/runs', 'POST /v1/runs/a/operations']);
  vi.restoreAllMocks();
});
