import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openModels } from './call-models.ts';

const key = Symbol.for('undici.globalDispatcher.1');

type Dispatchers = { [key]: { constructor: new (options: object) => Dispatchers[typeof key] } };

it('an answer may take as long as its call, whatever fetch has for its patience (vercel/ai#4224, ollama-js#72)', async () => {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{}'), 3_000);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  // What fetch has is there once it was used.
  await fetch(baseUrl, { signal: AbortSignal.abort() }).catch(() => undefined);
  const all = globalThis as unknown as Dispatchers;
  const usual = all[key];
  all[key] = new usual.constructor({ headersTimeout: 500 });
  onTestFinished(() => {
    all[key] = usual;
    server.closeAllConnections();
    server.close();
  });
  await expect(fetch(baseUrl)).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
  const call = { path: '/chat/completions', body: {}, timeoutMs: 20_000 };
  expect(await openModels({ baseUrl, apiKey: 'k' })(call)).toMatchObject({ body: '{}' });
});
