import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, type CommandEnd } from '../../test/support/cli.ts';
import { journeyRunsOf, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { createClient, type Client } from '../../sdk/client/client.ts';

describe('the command line against a server', () => {
  const { database, api } = useTestApi();
  let url: string;
  let key: string;
  let client: Client;
  let cwd: string;
  const throughline = (...args: string[]): Promise<CommandEnd> => runCommand(args, { cwd, url, key });

  beforeAll(async () => {
    key = await api.key([
      'contacts:write',
      'events:write',
      'gates:read',
      'gates:decide',
      'role:approver',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'templates:read',
      'templates:write',
    ]);
    await api.app.listen(0, '127.0.0.1');
    url = await api.app.getUrl();
    client = createClient({ baseUrl: url, key });
  });
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'tl-cli-'));
    await mkdir(join(cwd, 'journeys/templates'), { recursive: true });
  });
  afterEach(() => rm(cwd, { recursive: true }));

  const writeJourney = (slug: string, steps: unknown[]): Promise<void> =>
    writeFile(
      join(cwd, `journeys/${slug}.ts`),
      `type Definition = object;\nexport default ${JSON.stringify({ ...sampleJourney(slug), steps })} satisfies Definition;\n`,
    );
  const hello = { kind: 'email', id: 'hello', content: { kind: 'template', template: 'cli-hello@production' } };

  it('pushes templates and journeys from a folder, and says unchanged the second time', async () => {
    await writeJourney('cli-welcome', [hello]);
    await writeFile(join(cwd, 'journeys/events.ts'), 'export const SignedUp = 1;\n');
    await writeFile(join(cwd, 'journeys/templates/cli-hello.md'), '---\nsubject: Hi {{ contact.name }}\n---\nHello!\n');
    await writeFile(join(cwd, 'journeys/templates/cli-ask.prompt.md'), 'Write a line.\n');
    const first = await throughline('push');
    expect(first).toEqual({
      code: 0,
      err: '',
      out: 'prompt cli-ask@1 stored\nmessage cli-hello@1 stored\njourney cli-welcome version 1 is live\n',
    });
    const second = await throughline('push', 'journeys', '--json');
    expect(JSON.parse(second.out)).toMatchObject({
      templates: [{ changed: false }, { changed: false }],
      journeys: [{ slug: 'cli-welcome', ok: true, changed: false, version: 1 }],
    });
    expect(await client.journeys.show('cli-welcome')).toMatchObject({ rev: 2, status: 'live' });
    expect(await client.templates.show('message', 'cli-hello')).toMatchObject({
      content: { subject: 'Hi {{ contact.name }}', markdown: 'Hello!' },
    });
  });

  it('pins problems to nodes, publishes nothing and exits with 1', async () => {
    await writeJourney('cli-bad', [{ ...hello, content: { kind: 'template', template: 'nowhere@1' } }]);
    const end = await throughline('push');
    expect(end.code).toBe(1);
    expect(end.out).toMatch(
      /^journey cli-bad not published: 1 problem in journeys\/cli-bad\.ts\n {2}hello \(steps\.0\.content\.template\): There is no template nowhere@1\./,
    );
    expect(await client.journeys.show('cli-bad')).toMatchObject({ status: 'draft' });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a file that does not compile', { 'journeys/odd.ts': 'export default {' }, /^odd\.ts: /],
    ['a default export that is no journey', { 'journeys/odd.ts': 'export default 7;' }, /odd\.ts: not a journey/],
    ['a message without a subject', { 'journeys/templates/odd.md': 'Hello' }, /odd\.md: begin a message with ---/],
    ['JSON that is none', { 'journeys/templates/odd.json': '{' }, /odd\.json: /],
    [
      'a template that does not parse',
      { 'journeys/templates/odd.md': '---\nsubject: x\n---\n{% if %}' },
      /^journeys\/templates\/odd\.md: .*\(template\.invalid\)\n {2}content\.markdown\[1:6\]: /,
    ],
    ['nothing', {}, /^There is nothing to push here\./],
  ])('explains %s', async (_name, files, message) => {
    for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
    const end = await throughline('push');
    expect(end.code).toBe(1);
    expect(end.err).toMatch(message);
  });

  it('explains a server that is away, a key nobody knows, and no server at all', async () => {
    await writeJourney('cli-away', []);
    const [away, unknown, none] = await Promise.all([
      runCommand(['push'], { cwd, url: 'http://127.0.0.1:9', key }),
      runCommand(['push'], { cwd, url, key: `tl_${'x'.repeat(43)}` }),
      runCommand(['push'], { cwd }),
    ]);
    expect(away).toMatchObject({ code: 1, err: 'No server answers at http://127.0.0.1:9. Is it running?\n' });
    expect(unknown).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cli-away\.ts: Sign in, or send an API key \(auth\.required\)\n$/),
    });
    expect(none.err).toMatch(/^Which server\?/);
  });

  it('simulates a file without a server, and a journey of the server', async () => {
    await writeJourney('cli-simulated', [
      { kind: 'waitFor', id: 'login', on: { event: 'LoggedIn' }, timeout: 'P2D' },
      { kind: 'exit', id: 'end', reason: 'done' },
    ]);
    await writeFile(join(cwd, 'contact.json'), '{"name":"Ana"}');
    await writeFile(join(cwd, 'week.json'), '[{"after":"PT3H","name":"LoggedIn"}]');
    const settings = ['--contact', 'contact.json', '--events', 'week.json', '--at', '2026-11-24T09:00:00Z'];
    const [file, odd, drafted] = await Promise.all([
      runCommand(['simulate', 'journeys/cli-simulated.ts', ...settings], { cwd }),
      runCommand(['simulate', 'journeys/cli-simulated.ts', '--events', 'contact.json'], { cwd }),
      throughline('push', '--draft'),
    ]);
    expect(file).toMatchObject({ code: 0, err: '' });
    expect(file.out).toMatch(/03:00:00 +2026-11-24T12:00:00Z +end +exit +done/);
    expect(file.out).toMatch(/\nexited after 03:00:00: done\n/);
    expect(odd.code).toBe(1);
    expect(odd.err).toMatch(/^contact\.json: /);
    expect(drafted.code).toBe(0);
    const stored = await throughline('simulate', 'cli-simulated', ...settings, '--json');
    expect(JSON.parse(stored.out)).toMatchObject({ outcome: 'exited', endedAt: '2026-11-24T12:00:00.000Z' });
  });

  it('lists and shows runs', async () => {
    await writeJourney('cli-runs', [{ kind: 'delay', id: 'pause', for: 'P1D' }]);
    await throughline('push');
    await client.events.send([{ ...sampleEvent('cli-1', 'SignedUp', 'cli-contact') } as never]);
    const runs = await journeyRunsOf(database, 'cli-contact');
    const [list, shown, unknown] = await Promise.all([
      throughline('runs', 'list', '--contact', 'cli-contact', '--json'),
      throughline('runs', 'show', runs[0]?.id ?? ''),
      throughline('runs', 'show', '018f0000-0000-7000-8000-000000000000'),
    ]);
    expect(
      JSON.parse(list.out)
        .items.map((run: { id: string }) => run.id)
        .toSorted(),
    ).toEqual(runs.map((run) => run.id));
    expect(shown.out).toMatch(/^Journey cli-.*: starting\ncontact {3}cli-contact\nworkflow {2}journey-run\//);
    expect(unknown).toMatchObject({ code: 1, err: 'There is no such run here (run.notFound)\n' });
  });
});
