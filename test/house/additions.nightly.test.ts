import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unlimited } from '../support/properties.ts';
import { additions, applyDiff, root } from './additions.ts';

describe('the additions that the docs show', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'throughline-additions-'));
    const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    }).split('\0');
    for (const file of tracked.filter(Boolean)) cpSync(join(root, file), join(copy, file));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('apply beside each other', () => {
    for (const { heading, diff } of additions)
      expect([heading, applyDiff(diff, copy)]).toMatchObject([heading, { status: 0 }]);
  });

  it.each(['tsconfig.json', 'dashboard/tsconfig.json'])('compile: %s', unlimited, (project) => {
    const tsc = join(copy, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', project], { cwd: copy, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
