import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noteServerVersion } from './data-version.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tl-version-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A program that answers `--version` as the CLI does. */
function program(server: string): string {
  const path = join(home, `temporal-${server}`);
  writeFileSync(path, `#!/bin/sh\necho 'temporal version 1.9.1 (Server ${server}, UI 2.52.0)'\n`);
  chmodSync(path, 0o755);
  return path;
}

it('goes on with the same and with a newer server', async () => {
  writeFileSync(join(home, 'temporal.db'), '');
  for (const version of ['1.29.1', '1.29.1', '1.29.0', '1.32.0', '1.40.2'])
    await expect(noteServerVersion(program(version), home)).resolves.toBeUndefined();
});

it('says what to do where the data is of a newer server', async () => {
  writeFileSync(join(home, 'temporal.db'), '');
  const [newer, older] = [program('1.32.0'), program('1.29.1')];
  await noteServerVersion(newer, home);
  const downgrade = noteServerVersion(older, home);
  await expect(downgrade).rejects.toThrow(/last used by Temporal server 1\.32\.0, and \S+ is 1\.29\.1/);
  await expect(downgrade).rejects.toThrow(/Set TEMPORAL_CLI .*; or .* `npm start -- --reset`/);
  await noteServerVersion(newer, home);
});

it('minds nothing where there is no data, or the program does not say its version', async () => {
  await noteServerVersion(program('1.32.0'), home);
  await noteServerVersion(program('1.29.1'), home);
  const mute = join(home, 'mute');
  writeFileSync(mute, '#!/bin/sh\n');
  chmodSync(mute, 0o755);
  writeFileSync(join(home, 'temporal.db'), '');
  await noteServerVersion(mute, home);
  expect(existsSync(join(home, 'last-use.json'))).toBe(true);
});
