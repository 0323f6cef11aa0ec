import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDoubles, type Doubles } from '../../local/control/doubles.ts';
import { readConfig, type Config } from '../../platform/config.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { composeWork, type Work } from '../../worker/compose.ts';
import type { TestDatabase } from './database.ts';
import { startTestEngine, type TestEngine } from './engine.ts';

/** The real activities over the local doubles, without Temporal. */
export type TestWork = { doubles: Doubles; config: Config; work: Work; stop(): Promise<void> };

/** A whole worker with the real activities over the local doubles, in this process. */
export type TestWorker = Omit<TestWork, 'work'> & { engine: TestEngine };

/** Starts the doubles on free ports and a worker that uses them. */
export async function startTestWorker(
  database: TestDatabase,
  settings: Record<string, string> = {},
): Promise<TestWorker> {
  const { work, ...parts } = await startTestWork(database, settings);
  const engine = await startTestEngine(database, work);
  return {
    ...parts,
    engine,
    async stop() {
      await engine.stop();
      await parts.stop();
    },
  };
}

/** Starts the doubles on free ports and composes the activities that use them. */
export async function startTestWork(database: TestDatabase, settings: Record<string, string> = {}): Promise<TestWork> {
  const doubles = await startDoubles();
  const home = mkdtempSync(join(tmpdir(), 'tl-worker-'));
  const config = readConfig({
    ...database.config,
    SMTP_URL: doubles.urls.smtp,
    OPENAI_BASE_URL: doubles.urls.llm,
    CRM_BASE_URL: doubles.urls.crm,
    STRIPE_BASE_URL: doubles.urls.payment,
    THROUGHLINE_HOME: home,
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const db = createDb(database.config, 'tl_app', 10);
  const work = composeWork(config, db);
  return {
    doubles,
    config,
    work,
    async stop() {
      await work.close();
      await Promise.all([db.destroy(), doubles.stop()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
