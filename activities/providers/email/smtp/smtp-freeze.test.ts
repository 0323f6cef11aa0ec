import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';

/** Longer than all the limits of the sender: each of its timers is overdue when it wakes. */
const frozenMs = 4_500;
const program = fileURLToPath(new URL('../../../../test/support/sending.child.ts', import.meta.url));

const server = createServer();
afterEach(() => {
  server.close();
});

/** Answers everything with yes up to the last byte of a mail. @returns the connection, which waits for the reply to the mail */
async function takeMail(): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.write('220 at your service\r\n');
  let isBody = false;
  for await (const data of socket.iterator({ destroyOnReturn: false })) {
    const words = String(data);
    if (isBody && words.endsWith('.\r\n')) return socket;
    if (!isBody) socket.write(words.startsWith('DATA') ? '354 go on\r\n' : '250 yes\r\n');
    isBody ||= words.startsWith('DATA');
  }
  throw new Error('The sender went away');
}

it('D10: a reply that came while the process was frozen counts, however late it wakes', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const outcome = text(child.stdout);
  const socket = await takeMail();
  child.kill('SIGSTOP');
  socket.write('250 kept\r\n');
  await pause(frozenMs);
  child.kill('SIGCONT');
  expect(JSON.parse(await outcome)).toMatchObject({ kind: 'sent', reply: '250 kept' });
  socket.destroy();
});
