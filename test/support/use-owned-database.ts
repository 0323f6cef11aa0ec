import { afterAll, beforeAll } from 'vitest';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** Gives the tests around it a database of their own, and its owner's connection, as a migration has it; both are there from `beforeAll` on. */
export function useOwnedDatabase(): { database: TestDatabase; owner: Db } {
  const opened = {} as { database: TestDatabase; owner: Db };
  beforeAll(async () => {
    opened.database = await createTestDatabase();
    opened.owner = createDb(opened.database.config, 'tl_owner', 1);
  });
  // A set-up that failed half way leaves one of them, or none.
  afterAll(async () => {
    await opened.owner?.destroy();
    await opened.database?.stop();
  });
  return opened;
}
