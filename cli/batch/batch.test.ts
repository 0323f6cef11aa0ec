import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/support/api.ts';
import { runCommand, type CommandEnd } from '../../test/support/cli.ts';
import { useInstallation } from '../../test/support/use-installation.ts';
import { zipNames } from '../../local/zip.ts';

const example = fileURLToPath(new URL('../../examples/documents', import.meta.url));

describe('throughline batch against a server', () => {
  let url: string;
  let key: string;
  let cwd: string;
  const installation = useInstallation(async ({ api, ...opened }) => {
    ({ url } = opened);
    key = await api.key(['batches:read', 'batches:write', 'gates:read', 'gates:decide', 'role:approver']);
  });
  const throughline = (...args: string[]): Promise<CommandEnd> => runCommand(['batch', ...args], { cwd, url, key });

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'tl-batch-'));
  });
  afterEach(() => rm(cwd, { recursive: true }));

  /** Runs a batch with --watch, and decides its gates with the commands that it prints, one outcome after the other. */
  async function watch(paths: string[], outcomes: string[], options: string[]): Promise<CommandEnd> {
    const decided = new Set<string>();
    const decisions: Promise<CommandEnd>[] = [];
    const end = await runCommand(['batch', 'run', ...paths, '--watch', ...options], {
      cwd,
      url,
      key,
      onStderr(err) {
        for (const [, gate = '', outcome = ''] of err.matchAll(
          /\n {2}npm run throughline -- gates decide (\S+) (\w+).*(?=\n)/g,
        )) {
          if (decided.has(gate) || outcome !== outcomes[decided.size]) continue;
          decided.add(gate);
          decisions.push(runCommand(['gates', 'decide', gate, outcome], { cwd, url, key }));
        }
      },
    });
    for (const decision of await Promise.all(decisions)) expect(decision).toMatchObject({ code: 0, err: '' });
    return end;
  }

  it('runs the example to its archive: bad rows refused, unfilled placeholders flagged and withheld', async () => {
    const { code, out, err } = await watch([example], ['approve', 'reject'], ['--download', 'renewals.zip']);
    expect([code, err.match(/A person decides: .*/g)]).toEqual([
      0,
      ['A person decides: Approve the estimate', 'A person decides: Review the documents'],
    ]);
    expect(err).toMatch(/^Batch [\da-f-]{36}: Renewals, first half of 2027\n/);
    expect(err).toMatch(
      /\n {2}195 documents: \$0\.\d{4} expected, \$0\.\d{4} to \$0\.\d{4}; the budget is \$2\.0000\n/,
    );
    expect(err).toMatch(/\n {2}3 documents to look at: npm run throughline -- batch show \S+\n/);
    expect(err).toMatch(/\n {2}npm run throughline -- gates decide \S+ stop --comment "…" {3}# Stop the batch\n/);
    expect(err).toMatch(/waiting for the review, 3 flagged, 5 bad rows, \$0\.\d{4}\n/);
    expect(err).toMatch(/\nThe archive is in renewals\.zip\n$/);
    expect(out).toMatch(/^outcome +completedWithErrors: 192 documents; /);
    expect(out).toMatch(
      /\nrows +200, 5 of them bad\ndocuments +192\nflagged +3\nwithheld +3\nskipped +0\nfailed +0\ncost /,
    );

    const files = zipNames(await readFile(join(cwd, 'renewals.zip')));
    expect(files.filter((name) => name.startsWith('documents/'))).toHaveLength(2 * 192);
    expect(files.filter((name) => !name.startsWith('documents/')).toSorted()).toEqual(['errors.csv', 'manifest.json']);

    const id = /errors ([\da-f-]{36})/.exec(out)?.[1] ?? '';
    const [errors, shown, list] = await Promise.all([
      throughline('errors', id),
      throughline('show', id),
      throughline('list'),
    ]);
    const lines = errors.out.trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(',')).map(([line, , reason]) => `${line} ${reason}`)).toEqual([
      '18 row.notANumber',
      '43 document.withheld',
      '60 row.cellEmpty',
      '79 document.withheld',
      '96 row.tooShort',
      '123 row.notADate',
      '151 document.withheld',
      '165 row.keyRepeated',
    ]);
    expect(shown.out).toMatch(/^Renewals, first half of 2027: completedWithErrors\n {2}POL-20950 \(line 43\): .*\n/);
    expect(list.out).toMatch(new RegExp(`\n${id} +completed +completedWithErrors +195 +5 +\\$`));
  }, 180_000);

  it('lets a named file take the place of the folder’s, and tells a batch that is stopped by its exit code', async () => {
    await writeFile(
      join(cwd, 'mine.csv'),
      'Policy;First name;Last name;E-Mail;Product;Premium;Renews on\nP-1;Ana;Ode;ana@example.com;Travel;10;2026-01-01\n',
    );
    const { code, out } = await watch([example, 'mine.csv'], ['stop'], ['--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { outcome: 'stopped', rows: 1 }]);
    const started = await throughline('run', example, 'mine.csv');
    expect(started).toMatchObject({ code: 0, out: expect.stringMatching(/^Batch \S+ has started: Renewals/) });
    const id = started.out.split(' ')[1] ?? '';
    await installation.api.call({ method: 'POST', url: `/v1/batches/${id}/cancel`, key, body: { reason: 'test' } });
  });

  it('goes on watching when the server is back after a restart', async () => {
    const startApi = async (port: number): Promise<TestApi> => {
      const started = await createTestApi(installation.database, { THROUGHLINE_HOME: installation.home });
      await started.app.listen(port, '127.0.0.1');
      return started;
    };
    let api = await startApi(0);
    const own = { cwd, url: await api.app.getUrl(), key };
    let stopped: Promise<void> | null = null;
    const back: Promise<CommandEnd>[] = [];
    const comeBack = async (gate: string): Promise<CommandEnd> => {
      await stopped;
      api = await startApi(Number(new URL(own.url).port));
      return runCommand(['gates', 'decide', gate, 'stop'], own);
    };
    const end = await runCommand(['batch', 'run', example, '--watch'], {
      ...own,
      onStderr(err) {
        const gate = /gates decide (\S+) stop/.exec(err)?.[1];
        if (gate === undefined) return;
        stopped ??= api.stop();
        if (err.includes('the server does not answer; waiting for it\n') && back.length === 0)
          back.push(comeBack(gate));
      },
    });
    expect(await Promise.all(back)).toMatchObject([{ code: 0 }]);
    expect(end).toMatchObject({ code: 1, out: expect.stringMatching(/^outcome +stopped: /) });
    await api.stop();
  });

  it.each<[string, Record<string, string>, string[], RegExp]>([
    ['a folder that is not there', {}, ['nowhere'], /^There is no nowhere\n$/],
    ['a folder without rows', {}, ['.'], /^\.: there is no file \*\.csv with the rows\n$/],
    ['two files of rows', { 'a.csv': 'x', 'b.csv': 'x' }, ['.'], /^\.: expected one \*\.csv, found a\.csv, b\.csv;/],
    ['a file of no use', { 'notes.pdf': '' }, [example, 'notes.pdf'], /^notes\.pdf: a batch is made of /],
    ['JSON that is none', { 'brand.json': '{' }, [example, 'brand.json'], /^brand\.json: /],
    ['an unknown option', { 'options.json': '{"more":1}' }, [example, 'options.json'], /Unrecognized key: "more"/],
    [
      'a column that the rows lack',
      { 'mine.csv': 'Policy,First name\n1,2\n' },
      [example, 'mine.csv'],
      /\(batch\.invalid\)\n(.*\n)* {2}options\.template\.columns\.premium: /,
    ],
  ])('explains %s', async (_, files, paths, message) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const end = await throughline('run', ...paths);
    expect([end.code, end.out]).toEqual([1, '']);
    expect(end.err).toMatch(message);
  });
});
