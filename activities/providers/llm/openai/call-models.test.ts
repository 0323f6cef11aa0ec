import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createAuthority } from '../../../../test/support/certificates.ts';
import { CallAborted } from '../../provider-error.ts';
import { openModels, type CallModels } from './call-models.ts';

const key = Symbol.for('undici.globalDispatcher.1');

/** Any call. */
const call = { path: '/chat/completions', body: {}, timeoutMs: 20_000 };

type Dispatchers = { [key]: { constructor: new (options: object) => Dispatchers[typeof key] } };

it('an answer may take as long as its call, whatever fetch has for its patience (vercel/ai#4224, ollama-js#72)', async () => {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{}'), 3_000);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  // What fetch has is there once it was used.
  void new Request(baseUrl);
  const all = globalThis as unknown as Dispatchers;
  const usual = all[key];
  all[key] = new usual.constructor({ headersTimeout: 500 });
  onTestFinished(() => {
    all[key] = usual;
    server.closeAllConnections();
    server.close();
  });
  await expect(fetch(baseUrl)).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
  expect(await openModels({ baseUrl, apiKey: 'k' })(call)).toMatchObject({ body: '{}' });
});

/** The headers of requests to a plain server. */
async function listening(): Promise<{ baseUrl: string; received: Record<string, unknown>[] }> {
  const received: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, received };
}

it('no variable of the environment that is meant for OpenAI reaches a service', async () => {
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Secret: for OpenAI alone\nAuthorization: Bearer other');
  vi.stubEnv('OPENAI_ORG_ID', 'org-secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { baseUrl, received } = await listening();
  await openModels({ baseUrl, apiKey: 'k' })(call);
  expect(received).toMatchObject([{ authorization: 'Bearer k', 'content-type': 'application/json' }]);
  expect(JSON.stringify(received)).not.toContain('secret');
  expect(JSON.stringify(received)).not.toContain('for OpenAI');
});

it('a workspace’s own model is asked at the address that was looked up, and at none of this network', async () => {
  const { baseUrl, received } = await listening();
  const failure = { kind: 'misconfigured', code: 'llm.address_refused' };
  await expect(openModels({ baseUrl, apiKey: 'k', hosts: { hosts: [] } })(call)).rejects.toMatchObject({ failure });
  expect(received).toEqual([]);
  expect(await openModels({ baseUrl, apiKey: 'k', hosts: { hosts: ['127.0.0.1'] } })(call)).toMatchObject({
    body: '{}',
  });

  const authority = createAuthority();
  const { certPem: cert, keyPem } = authority.issue('model.example');
  const server = createTlsServer({ cert, key: keyPem }, (request, response) => {
    response.end(JSON.stringify({ host: request.headers.host }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const all = globalThis as unknown as Dispatchers;
  const usual = all[key];
  const reached: string[] = [];
  const connect = (to: { hostname: string; servername: string }, done: (e: null, s: TLSSocket) => void): void => {
    reached.push(to.hostname);
    const socket = connectTls({ port, host: '127.0.0.1', ca: authority.certPem, servername: to.servername }, () =>
      done(null, socket),
    );
  };
  all[key] = new usual.constructor({ connect });
  onTestFinished(() => {
    all[key] = usual;
    server.closeAllConnections();
    server.close();
  });
  const hosts = { hosts: [], resolve: () => Promise.resolve(['93.184.216.34']) };
  const reply = await openModels({ baseUrl: 'https://model.example/v1', apiKey: 'k', hosts })(call);
  expect([reply.body, reached]).toEqual(['{"host":"model.example"}', ['93.184.216.34']]);
});

/** Opens the models of a server with such answers; both end with the test. */
async function answering(answer: RequestListener): Promise<CallModels> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return openModels({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, apiKey: 'k' });
}

it('what a server compresses though nobody asked it to is read, and what it sends before its reply is not', async () => {
  const asked: unknown[] = [];
  const ask = await answering((request, response) => {
    asked.push([request.url, request.headers['accept-encoding']]);
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(200, { 'content-encoding': 'gzip', 'x-words': ['a', 'b'] }).end(gzipSync('{"ä":1}'));
  });
  const { body, headers } = await ask(call);
  expect([body, headers.get('x-words'), asked]).toEqual(['{"ä":1}', 'a, b', [['/v1/chat/completions', 'identity']]]);
});

it('an answer that fills the memory is not read to its end, compressed or not', async () => {
  const large = Buffer.alloc(10_000_001, ' ');
  const plain = await answering((_request, response) => void response.end(large));
  const bomb = await answering((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large));
  });
  expect([(await plain(call)).body, (await bomb(call)).body]).toEqual([null, null]);
});

it('a redirect is a refusal, and nothing goes where it leads', async () => {
  const ask = await answering((_request, response) => {
    response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end();
  });
  await expect(ask(call)).rejects.toMatchObject({ failure: { code: 'llm.unknown_model' } });
});

it('a call ends when its caller or its time does, whether its request is under way or waits for a connection', async () => {
  let arrived: () => void = () => undefined;
  const ask = await answering(() => arrived());
  const underWay = new AbortController();
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const ended = ask({ ...call, signal: underWay.signal }).catch((error: unknown) => error);
  await asked;
  underWay.abort(new Error('over'));
  expect(await ended).toBeInstanceOf(CallAborted);
  await expect(ask({ ...call, timeoutMs: 50 })).rejects.toMatchObject({
    failure: { code: 'llm.timeout', mayBePaid: true },
  });
  const before = AbortSignal.abort(new Error('before'));
  await expect(ask({ ...call, signal: before })).rejects.toThrow('before');
  const all = globalThis as unknown as Dispatchers;
  const usual = all[key];
  all[key] = new usual.constructor({ connect: () => undefined });
  onTestFinished(() => void (all[key] = usual));
  const waiting = new AbortController();
  const given = ask({ ...call, signal: waiting.signal }).catch((error: unknown) => error);
  waiting.abort();
  expect(await given).toBeInstanceOf(CallAborted);
});
