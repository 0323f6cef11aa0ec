import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { masterKey } from './settings.ts';

describe('the key of an installation', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'key-'));
    vi.stubEnv('THROUGHLINE_KEY', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });

  it('is made once, for its owner alone', () => {
    const key = masterKey(home);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(masterKey(home)).toBe(key);
    expect(statSync(join(home, 'key')).mode & 0o777).toBe(0o600);
  });

  it.each(['', '\n', '0123456789abcdef'])(
    'is not taken, nor replaced, where its file was cut off: %j (gemini-cli 29054, CashPilot 142)',
    (left) => {
      writeFileSync(join(home, 'key'), left);
      expect(() => masterKey(home)).toThrow('holds no whole key');
      expect(readFileSync(join(home, 'key'), 'utf8')).toBe(left);
    },
  );
});
