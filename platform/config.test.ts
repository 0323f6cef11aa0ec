import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { envExample } from './env-example.ts';

describe('the configuration', () => {
  it('is told in .env.example, setting by setting', async () => {
    // `npx vitest run platform/config.test.ts -u` writes the file anew.
    await expect(envExample()).toMatchFileSnapshot('../.env.example');
  });

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
    expect(problems()).toEqual(['DATABASE_URL', 'THROUGHLINE_KEY', 'PORT', 'PUBLIC_URL', 'LOG_LEVEL']);
  });

  it('takes an empty setting as none', () => {
    const config = readConfig({ DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32), PORT: '' });
    expect(config.PORT).toBe(4400);
  });
});
