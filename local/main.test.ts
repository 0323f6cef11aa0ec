import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSmtpPool } from '../activities/providers/email/smtp/smtp-pool.ts';
import { createDoublesClient } from './control/client.ts';

const Ready = z.object({ ready: z.literal(true), ports: z.record(z.string(), z.int()) });
let home = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'doubles-main-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true });
});

async function start(
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; ports: Record<string, number> }> {
  const child = spawn(process.execPath, ['local/main.ts'], {
    env: { PATH: process.env['PATH'], DOUBLES_HOME: home, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ports: Ready.parse(JSON.parse(line)).ports };
  throw new Error('The doubles ended before they were ready');
}

async function send(port: number | undefined, to: string): Promise<string> {
  const pool = createSmtpPool({ host: '127.0.0.1', port: port ?? 0, tls: 'none' });
  const raw = Buffer.from(`Message-ID: <${to}>\r\nSubject: Hi\r\n\r\nHello\r\n`);
  const outcome = await pool.send({
    envelope: { from: 'us@example.com', to },
    raw,
    fence: () => Promise.resolve(true),
  });
  await pool.close();
  return outcome.kind;
}

describe('local/main.ts', () => {
  it('has every mail in its journal after a kill -9 and a restart on the same ports', async () => {
    const first = await start();
    expect(await send(first.ports['smtp'], 'a@example.com')).toBe('sent');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await start({
      SMTP_PORT: String(first.ports['smtp']),
      DOUBLES_CONTROL_PORT: String(first.ports['control']),
    });
    expect(second.ports).toMatchObject({ smtp: first.ports['smtp'], control: first.ports['control'] });
    expect(await send(second.ports['smtp'], 'b@example.com')).toBe('sent');
    const control = createDoublesClient(`http://127.0.0.1:${second.ports['control']}`);
    expect((await control.journal('mail')).map((entry) => [entry.seq, entry.key])).toEqual([
      [1, '<a@example.com>'],
      [2, '<b@example.com>'],
    ]);
  });

  it('ends with code 0 on SIGTERM, also while a request hangs', async () => {
    const { child, ports } = await start();
    const control = createDoublesClient(`http://127.0.0.1:${ports['control']}`);
    await control.addFault({ service: 'llm', fault: 'hang' });
    const hanging = fetch(`http://127.0.0.1:${ports['llm']}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ model: 'stub-small', messages: [{ role: 'user', content: 'hello' }] }),
    }).catch(() => 'cut off');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await hanging).toBe('cut off');
  });

  it('ends when its standard input closes, if asked to guard it', async () => {
    const { child } = await start({ DOUBLES_GUARD: '1' });
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
