import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { listSegments, previewSegment, pushSegments, showSegment } from './segment-commands.ts';

const rule = { kind: 'performed', event: 'Ordered' };
const at = '2026-03-02T09:00:00.000Z';
const pro = {
  slug: 'pro',
  name: 'Pro',
  rule,
  version: 2,
  state: 'building',
  looked: 40,
  members: 7,
  createdAt: at,
  updatedAt: at,
};

let folder: string;
let said: string[];
let asked: [string, string, unknown][];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segments-'));
  [said, asked] = [[], []];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line).trim()) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** An API that answers this. */
const answering = (body: object) =>
  createClient({
    baseUrl: 'http://api.test',
    key: 'k',
    fetch: (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      asked.push([init?.method ?? 'GET', pathname, init?.body === undefined ? null : JSON.parse(init.body as string)]);
      const headers = { 'content-type': 'application/json' };
      return Promise.resolve(new Response(JSON.stringify(body), { status: 200, headers }));
    },
  });
const file = async (content: object): Promise<string> => {
  const path = join(folder, 'segment.json');
  await writeFile(path, JSON.stringify(content));
  return path;
};

it('lists segments, and shows one as a file has it', async () => {
  await listSegments(answering({ items: [pro] }));
  expect(said.at(-1)).toMatch(/^pro +Pro +7 +building, 40 looked at$/);
  await showSegment('pro', {}, answering(pro));
  expect(JSON.parse(said.at(-1) ?? '')).toEqual({ slug: 'pro', name: 'Pro', rule });
});

it('says whether a contact is in one, and why', async () => {
  const parts = [{ path: 'rule', kind: 'performed', holds: false }];
  await showSegment('pro', { contact: 'ana' }, answering({ isMember: false, since: null, parts }));
  expect(asked).toEqual([['GET', '/v1/segments/pro/members/ana', null]]);
  expect(said).toEqual(['ana is not in pro', expect.stringMatching(/^no +rule +performed$/)]);
});

it('pushes files, and counts whom one would mean', async () => {
  const path = await file({ slug: 'pro', name: 'Pro', rule });
  await pushSegments([path], answering(pro));
  await previewSegment(path, answering({ people: 2, looked: 13, isExact: true, sample: ['ana', 'ben'] }));
  expect(asked).toEqual([
    ['PUT', '/v1/segments/pro', { name: 'Pro', rule }],
    ['POST', '/v1/segments/preview', { rule }],
  ]);
  expect(said).toEqual(['pro: version 2, building', '2 of all 13 contacts', 'ana', 'ben']);
});

it.each<[object, string]>([
  [{ slug: 'Pro!', name: 'Pro', rule }, 'slug: use lower-case letters'],
  [{ slug: 'pro', name: 'Pro' }, 'rule: '],
])('refuses the file %j', async (content, message) => {
  await expect(pushSegments([await file(content)], answering(pro))).rejects.toThrow(message);
  expect(asked).toEqual([]);
});
