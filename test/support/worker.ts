import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDoubles, type Doubles } from '../../local/control/doubles.ts';
import { readSettings } from '../../platform/config.ts';
import { createDb, patience } from '../../platform/db/core/pool.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { composeWork, type Work } from '../../worker/compose.ts';
import { workerShape, type WorkerConfig } from '../../worker/settings.ts';
import type { TestDatabase } from './database.ts';

/** The real activities over the local doubles, without Temporal. */
export type TestWork = { doubles: Doubles; config: WorkerConfig; work: Work; stop(): Promise<void> };

/** Starts the doubles on free ports and composes the activities that use them. */
export async function startTestWork(database: TestDatabase, settings: Record<string, string> = {}): Promise<TestWork> {
  const doubles = await startDoubles();
  const home = mkdtempSync(join(tmpdir(), 'tl-worker-'));
  const config = readSettings(workerShape, {
    ...database.config,
    SMTP_URL: doubles.urls.smtp,
    OPENAI_BASE_URL: doubles.urls.llm,
    CRM_BASE_URL: doubles.urls.crm,
    STRIPE_BASE_URL: doubles.urls.payment,
    THROUGHLINE_HOME: home,
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const db = createDb(database.config, 'tl_app', 10, patience.activity);
  const work = composeWork(config, db, () => Promise.resolve(masterKeys(config)));
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
