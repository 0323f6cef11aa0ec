import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { testPort } from '../test/support/ports.ts';
import { freePort, isListening, isPortFree } from './ports.ts';

it('passes over an occupied port and over one that is promised already', async () => {
  const wanted = await testPort('a server');
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await isPortFree(wanted)).toBe(false);
    const next = await freePort(wanted);
    expect(next).toBeGreaterThan(wanted);
    expect(await freePort(wanted, new Set([next]))).toBeGreaterThan(next);
    expect(await isListening(wanted, 1_000)).toBe(true);
  } finally {
    server.close();
  }
});

it('gives up waiting for a port on which nothing listens', async () => {
  expect(await isListening(await testPort('nothing'), 120)).toBe(false);
});
