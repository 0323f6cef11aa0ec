import { afterAll, beforeAll } from 'vitest';
import type { ApiConfig } from '../../api/settings.ts';
import { createTestApi, type TestApi } from './api.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** Gives the tests around it an API in this process over a database of their own; both are there from `beforeAll` on. */
export function useTestApi(
  settings: Partial<ApiConfig> = {},
  options: { poolSize?: number } = {},
): { database: TestDatabase; api: TestApi } {
  const database = {} as TestDatabase;
  const api = {} as TestApi;
  beforeAll(async () => {
    Object.assign(database, await createTestDatabase(options));
    Object.assign(api, await createTestApi(database, settings));
  });
  // A set-up that failed half way leaves one of them, or none.
  afterAll(async () => {
    await api.stop?.();
    await database.stop?.();
  });
  return { database, api };
}
