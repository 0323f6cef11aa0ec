import { connect, type AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { noteMethods } from './allowed-methods.ts';
import { boundBodies, boundRoutes, publicBounds } from './bound-requests.ts';

let server: FastifyInstance;
afterEach(() => server.close());

/** A server with one route of each kind, that answers a refusal by its status alone. */
function start(patienceMs?: number): FastifyInstance {
  server = fastify({ bodyLimit: 4 * publicBounds.hookBytes });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  boundRoutes(server);
  boundBodies(server, patienceMs);
  server.setErrorHandler((error, _, reply) => {
    const { status, statusCode } = error as { status?: number; statusCode?: number };
    return reply.status(status ?? statusCode ?? 500).send();
  });
  for (const [url, access] of [
    ['/open', 'public'],
    ['/hooks/x', 'public'],
    ['/closed', 'runs:read'],
    ['/v1/open', 'public'],
  ] as const)
    server.post(url, { config: { access } }, () => 'taken');
  return server;
}

const body = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes) });

describe('a request of which nobody is known', () => {
  it.each<[string, string, number, number]>([
    ['a small body', '/open', 1_000, 200],
    ['a large body', '/open', publicBounds.bodyBytes, 413],
    ['a large body of a webhook', '/hooks/x', publicBounds.bodyBytes, 200],
    ['more than any webhook has', '/hooks/x', publicBounds.hookBytes, 413],
    ['a body where a caller must be known', '/closed', 1_000, 401],
    ['broken JSON there', '/closed', -1, 401],
  ])('%s to %s (security 4)', async (_, url, bytes, status) => {
    const payload = bytes < 0 ? '{' : body(bytes);
    const headers = { 'content-type': 'application/json' };
    expect((await start().inject({ method: 'POST', url, headers, payload })).statusCode).toBe(status);
  });

  it('sends no form where JSON is expected, however its address is spelled (middie #245)', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const server = start();
    for (const url of ['/v1/open', '/%761/open', '/v1/%6fpen?a=1'])
      expect((await server.inject({ method: 'POST', url, headers, payload: 'a=1' })).statusCode).toBe(415);
  });

  it('is not waited for while its body drips in (security 16)', async () => {
    await start(50).listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as AddressInfo;
    const head = 'POST /open HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
    const received = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('data', (bytes) => (text += bytes.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(drip);
        resolve(text);
      });
    });
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('the methods of a path', () => {
  it('are those of its routes, with their parts filled in', async () => {
    server = fastify();
    const methodsOf = noteMethods(server);
    const answer = (): string => '';
    server.get('/v1/things/:id', answer);
    server.put('/v1/things/:id', answer);
    server.post('/v1/things', answer);
    server.get('/static/*', answer);
    await server.ready();
    expect(methodsOf('/v1/things/5')).toEqual(['GET', 'HEAD', 'PUT']);
    expect(methodsOf('/v1/things')).toEqual(['POST']);
    expect([methodsOf('/v1/things/5/parts'), methodsOf('/static/a.js'), methodsOf('/')]).toEqual([[], [], []]);
  });
});
