import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { retentionOf } from './retention.ts';

describe('the configuration', () => {
  it('reports all its problems at once', () => {
    const problems = (): string[] => {
      try {
        readConfig({ PORT: 'eighty', PUBLIC_URL: 'not a url', LOG_LEVEL: 'loud' });
      } catch (error) {
        if (error instanceof ConfigError) return error.problems.map((problem) => problem.split(':')[0] ?? '');
        throw error;
      }
      return [];
    };
    expect(problems()).toEqual(['DATABASE_URL', 'THROUGHLINE_KEY', 'PUBLIC_URL', 'PORT', 'LOG_LEVEL']);
  });

  it('says how long things are kept, in days or hours, and refuses what would break something', () => {
    const given = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };
    expect(retentionOf(readConfig(given))).toMatchObject({ effectBytes: 90 * 24, turns: 30 * 24, changes: 1 });
    expect(retentionOf(readConfig({ ...given, RETAIN_TURNS: '48h' })).turns).toBe(48);
    for (const [value, problem] of [
      ['2', 'RETAIN_TURNS: a number with d for days or h for hours, such as 90d'],
      ['5h', 'RETAIN_TURNS: at least 24h'],
    ])
      expect(() => readConfig({ ...given, RETAIN_TURNS: value })).toThrow(`1 problem(s):\n  ${problem}`);
  });

  it('takes an address with a slash at its end as without, and none but of http', () => {
    const given = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };
    expect(readConfig({ ...given, PUBLIC_URL: 'https://flow.example/' }).PUBLIC_URL).toBe('https://flow.example');
    expect(() => readConfig({ ...given, PUBLIC_URL: 'ftp://flow.example' })).toThrow('PUBLIC_URL');
  });

  it('takes an empty setting as none', () => {
    const config = readConfig({ DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32), PORT: '' });
    expect(config.PORT).toBe(4400);
  });
});
