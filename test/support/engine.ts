import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activityInfo } from '@temporalio/activity';
import { queueNames, type QueueName } from '../../contracts/core/queues.ts';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import { createDb, patience } from '../../platform/db/core/pool.ts';
import { Partitions } from '../../platform/db/runs/outbox-partitions.ts';
import { newId } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { createFileStore } from '../../platform/objects/file-store.ts';
import { readConfig } from '../../platform/config.ts';
import { retentionOf } from '../../platform/retention.ts';
import { createTemporal, type Temporal } from '../../platform/temporal/client.ts';
import { createAttributeRegistry } from '../../platform/temporal/search-attributes.ts';
import { startBackground } from '../../worker/background/background.ts';
import { backgroundTasks, type TaskDeps } from '../../worker/background/tasks.ts';
import type { Work } from '../../worker/compose.ts';
import { composePools } from '../../worker/pools.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import { startWorkers } from '../../worker/workers.ts';
import type { TestDatabase } from './database.ts';
import './quiet-runtime.ts';
import { testTemporalAddress } from './temporal-address.ts';

/** A worker process in miniature against one test database; `tasks` is what its background tasks are called with. */
export type TestEngine = { temporal: Temporal; deployment: string; tasks: TaskDeps; stop(): Promise<void> };

const log = createLogger({ name: 'test', level: process.env['TL_TEST_LOG'] ?? 'silent' });

/** The queue prefix of a test database. */
export function testDeployment(database: TestDatabase): string {
  return new URL(database.config.DATABASE_URL).pathname.slice(1).replaceAll('_', '-');
}

/**
 * Starts workers for every queue with the given kinds and actions; queues carry a prefix of their own. A test that calls
 * the pass of a background task itself names it among `called`: its loop does not run. With `pools` it works on runs in so many pools, too.
 */
export async function startTestEngine(
  database: TestDatabase,
  parts: Pick<Work, 'kinds' | 'actions'> &
    Partial<Pick<Work, 'mailGate' | 'mailPasswordReset' | 'mailTest' | 'tryModel' | 'paymentKeyRefusal' | 'objects'>>,
  options: { queues?: readonly QueueName[]; called?: readonly string[]; pools?: number } = {},
): Promise<TestEngine> {
  const queues = options.queues ?? queueNames;
  const deployment = testDeployment(database);
  const temporalConfig = { TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: 'default' };
  const temporal = createTemporal(temporalConfig);
  const { codePath, build } = await workflowBundle(
    join(fileURLToPath(new URL('../..', import.meta.url)), '.throughline/cache'),
  );
  const config = readConfig({ ...database.config });
  const attributes = createAttributeRegistry(temporal.client, log);
  const pools = options.pools ?? 1;
  const engineDb = createDb(database.config, 'tl_app', 20, patience.activity);
  const engine = createEngineActivities({
    db: engineDb,
    kinds: parts.kinds,
    temporalRunId: () => activityInfo().workflowExecution?.runId ?? null,
    display: { publicUrl: config.PUBLIC_URL, isIndexed: attributes.isUsable },
  });
  const workers = await startWorkers({
    temporal: temporalConfig,
    deployment,
    queues,
    codePath,
    engine,
    actions: parts.actions,
    pools:
      options.pools === undefined
        ? undefined
        : composePools({ ...parts, pools, poolDb: engineDb, db: database.app, system: database.system, build }),
  });
  const partitions = new Partitions(database.system, newId());
  const folder = mkdtempSync(join(tmpdir(), 'tl-objects-'));
  const tasks: TaskDeps = {
    db: database.system,
    client: temporal.client,
    deployment,
    publicUrl: config.PUBLIC_URL,
    partitions,
    pools,
    process: deployment,
    queues: [...queues],
    build,
    log,
    retention: retentionOf(config),
    objects: parts.objects ?? createFileStore(folder),
    attributes,
    mailGate: parts.mailGate ?? null,
    mailPasswordReset: parts.mailPasswordReset ?? null,
    mailTest: parts.mailTest ?? null,
    returnedMails: null,
    tryModel: parts.tryModel ?? null,
    paymentKeyRefusal: parts.paymentKeyRefusal ?? null,
  };
  const { called = [] } = options;
  const all = backgroundTasks(tasks);
  const loops = all.filter(({ name }) => !called.includes(name));
  if (all.length - loops.length !== called.length) throw new Error(`Not all tasks: ${called.join(', ')}`);
  const background = startBackground(loops, log);
  return {
    temporal,
    deployment,
    tasks,
    async stop() {
      await background.stop();
      await partitions.release();
      await workers.stop();
      await Promise.all([engineDb.destroy(), temporal.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
