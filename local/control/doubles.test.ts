import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startDoubles, type Doubles } from './doubles.ts';

const doubles = await startDoubles();
afterAll(() => doubles.stop());
beforeEach(() => doubles.control.reset());

function chat(content: string, extra: Record<string, unknown> = {}): Promise<Response> {
  return fetch(`${doubles.urls.llm}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'stub-small', messages: [{ role: 'user', content }], ...extra }),
  });
}

describe('control API', () => {
  it('says ready, lists faults with what is left of them, and clears those of one service', async () => {
    expect(await doubles.control.isReady()).toBe(true);
    await doubles.control.addFault({ service: 'llm', fault: 'status', status: 500, count: 2 });
    await doubles.control.addFault({ service: 'mail', fault: 'reply', at: 'rcpt', code: 550 });
    await chat('hello');
    expect(doubles.faults.list().map(({ fault, usesLeft }) => [fault.service, usesLeft])).toEqual([
      ['llm', 1],
      ['mail', null],
    ]);
    await doubles.control.clearFaults('llm');
    expect(doubles.faults.list().map(({ fault }) => fault.service)).toEqual(['mail']);
  });

  it('refuses a fault that does not exist, naming the field', async () => {
    const response = await fetch(`${doubles.urls.control}/faults`, {
      method: 'POST',
      body: '{"service":"llm","fault":"sulk"}',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('fault');
  });

  it.each<[string, Record<string, string>, number]>([
    ['a program of this machine', {}, 200],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a name of another site that leads here', { host: 'evil.example' }, 403],
    ['its own page', { origin: doubles.urls.control }, 200],
  ])('answers %s (security 17): %j', async (_, headers, expected) => {
    for (const [method, path] of [
      ['POST', '/reset'],
      ['GET', '/mail'],
    ] as const) {
      const status = await new Promise((resolve, reject) => {
        const sent = request(`${doubles.urls.control}${path}`, { method, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.on('error', reject).end();
      });
      expect([path, status]).toEqual([path, expected]);
    }
  });

  it('keeps a fault to the requests that contain its text, and to its share of them', async () => {
    await doubles.control.addFault({ service: 'llm', fault: 'status', status: 503, match: 'row 7' });
    expect((await chat('row 6')).status).toBe(200);
    expect((await chat('row 7')).status).toBe(503);
    await doubles.control.clearFaults();
    await doubles.control.addFault({ service: 'llm', fault: 'status', status: 500, rate: 0.25 });
    const statuses: number[] = [];
    for (let nth = 0; nth < 8; nth += 1) statuses.push((await chat(`row ${nth}`)).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(2);
  });

  it('ends a fault after its duration', async () => {
    await doubles.control.addFault({ service: 'llm', fault: 'status', status: 429, durationMs: 60 });
    expect((await chat('now')).status).toBe(429);
    await expect.poll(async () => (await chat('now')).status).toBe(200);
  });

  it('serves its pages without a script', async () => {
    for (const path of ['/', '/mail']) {
      const html = await (await fetch(`${doubles.urls.control}${path}`)).text();
      expect(html).toContain('<main');
      expect(html).not.toContain('<script');
    }
  });
});

describe('restart', () => {
  it('keeps journals, contacts, sessions and the answers to idempotency keys', async () => {
    const home = mkdtempSync(join(tmpdir(), 'doubles-test-'));
    const first = await startDoubles({ home });
    await upsert(first, 'c1');
    const created = await createSession(first, 'key-1');
    await first.stop();

    const second = await startDoubles({ home });
    expect((await second.control.journal('crm')).map((entry) => [entry.seq, entry.kind, entry.key])).toEqual([
      [1, 'contacts.created', 'c1'],
    ]);
    await upsert(second, 'c1');
    expect((await second.control.journal('crm', 1)).map((entry) => entry.kind)).toEqual(['contacts.updated']);
    expect(await createSession(second, 'key-1')).toEqual(created);
    await second.stop();
    rmSync(home, { recursive: true });
  });
});

async function upsert(target: Doubles, id: string): Promise<void> {
  await fetch(`${target.urls.crm}/crm/v3/objects/contacts/batch/upsert`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify({ inputs: [{ idProperty: 'throughline_id', id, properties: { email: 'a@example.com' } }] }),
  });
}

async function createSession(target: Doubles, key: string): Promise<unknown> {
  const body = new URLSearchParams({
    mode: 'payment',
    success_url: 'http://127.0.0.1/ok',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'eur',
    'line_items[0][price_data][unit_amount]': '4900',
    'line_items[0][price_data][product_data][name]': 'A course',
  });
  const response = await fetch(`${target.urls.payment}/v1/checkout/sessions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test', 'idempotency-key': key },
    body,
  });
  expect(response.status).toBe(200);
  return response.json();
}
