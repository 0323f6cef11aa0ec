import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { enterPeople, type EnterOptions } from './enter-people.ts';

const id = '01a22c29-8cda-78ab-97eb-02f911f5606a';
const ended = {
  id,
  kind: 'enterMany',
  reason: 'by hand',
  state: 'done',
  journey: 'welcome',
  version: null,
  total: 3,
  done: 3,
  refused: 0,
  reasons: {},
  rate: null,
  by: 'Eva',
  createdAt: '2026-03-02T09:00:00.000Z',
  endedAt: '2026-03-02T09:01:00.000Z',
};
const json = (body: object): Response =>
  new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } });

/** What an entry was asked for with. */
type Asked = { people: { externalIds?: string[] }; dryRun: boolean };

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entries-'));
  said = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line).trim()) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line).trim()) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Runs the command against an API whose operations have ended as `end` says. @returns what it was asked */
async function enter(options: Partial<EnterOptions>, end: object = {}): Promise<Asked[]> {
  const asked: Asked[] = [];
  const client = createClient({
    baseUrl: 'http://api.test',
    key: 'k',
    fetch: async (input, init) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      if (path.endsWith('/refusals')) return json({ items: [], nextCursor: null });
      if (!path.endsWith('/entries')) return json({ ...ended, ...end });
      const body = JSON.parse(init?.body as string) as Asked;
      asked.push(body);
      const counted = { people: 4, keptOut: 1, waiting: 0, unknown: 1, unknownIds: ['nobody'] };
      return json({ id: body.dryRun ? null : id, ...counted });
    },
  });
  await enterPeople('welcome', { filter: [], reason: 'by hand', ...options }, client, 1);
  return asked;
}

it('reads ids from the column of that name, and sends more than a call takes one after the other', async () => {
  const file = join(folder, 'people.csv');
  const ids = Array.from({ length: 5_001 }, (_, at) => `person-${at}`);
  await writeFile(file, ['name;External ID', ...ids.map((one) => `Ana;${one}`), 'Ana;person-0'].join('\n'));
  const asked = await enter({ file });
  expect(asked.map(({ people }) => people.externalIds?.length)).toEqual([5_000, 1]);
  expect(asked.flatMap(({ people }) => people.externalIds ?? [])).toEqual(ids);
  expect(said).toContain('3 have entered');
  expect(said).toContain('1 of them unknown: nobody');
});

it('filters by attributes, whose numbers and truths are such, and counts alone when asked to', async () => {
  const asked = await enter({ filter: ['plan=pro', 'seats=3', 'vip=true', 'code=a=b'], dryRun: true, rate: 60 });
  const attributes = { plan: 'pro', seats: 3, vip: true, code: 'a=b' };
  expect(asked).toEqual([expect.objectContaining({ people: { attributes }, dryRun: true, rate: 60 })]);
  expect(said).toContain('3 of 4 would enter; 1 are kept out by the re-entry policy');
});

it('fails where some did not enter, or it was ended before', async () => {
  const refused = { done: 1, refused: 2, reasons: { 'journey.reentry': 2 } };
  await expect(enter({ all: true }, refused)).rejects.toThrow('2 did not enter');
  expect(said).toContain('1 have entered, 2 journey.reentry');
  await expect(enter({ all: true }, { state: 'cancelled' })).rejects.toThrow('It was ended before all had entered');
});

it.each<[Partial<EnterOptions>, string]>([
  [{}, 'Say who enters'],
  [{ all: true, filter: ['plan=pro'] }, 'Say who enters'],
  [{ filter: ['plan'] }, '--filter plan: write it as attribute=value'],
  [{ all: true, execution: 'shared' }, 'execution: '],
  [{ file: 'no-such.csv' }, 'no-such.csv: ENOENT'],
])('refuses %j', async (options, message) => {
  await expect(enter(options)).rejects.toThrow(message);
});
