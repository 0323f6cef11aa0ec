import '../platform/utc.ts';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import { createEngineActivities } from '../activities/engine/advance-run.ts';
import { courseActions } from '../contracts/courses/actions.ts';
import { queueNames, type QueueName } from '../contracts/core/queues.ts';
import { ConfigError, readSettings } from '../platform/config.ts';
import { createKeySource, openAtStart } from '../platform/db/keys/master-keys.ts';
import { leave } from '../platform/db/runs/heartbeats.ts';
import { endLife, noteLastWords, type WorkerLife } from '../platform/db/runs/worker-lives.ts';
import { Partitions } from '../platform/db/runs/outbox-partitions.ts';
import { createDb, patience, type Db } from '../platform/db/core/pool.ts';
import { databaseRefusal } from '../platform/db/core/server.ts';
import { newId } from '../platform/ids.ts';
import { createLogger } from '../platform/log.ts';
import { storeRefusal } from '../platform/objects/create-store.ts';
import { retentionOf } from '../platform/retention.ts';
import { createTemporal } from '../platform/temporal/client.ts';
import { createAttributeRegistry } from '../platform/temporal/search-attributes.ts';
import { startBackground } from './background/background.ts';
import { backgroundTasks, lifeTask, taskNames } from './background/tasks.ts';
import { lookAtCertificate } from './background/temporal-certificate.ts';
import { createTaskWatch } from './background/task-watch.ts';
import { composeWork } from './compose.ts';
import { composePools, poolConnections } from './pools.ts';
import { installRuntime } from './runtime.ts';
import { workerShape } from './settings.ts';
import { workflowBundle } from './workflow-bundle.ts';
import { actionConnections, startWorkers } from './workers.ts';

/** Which processes move money. */
const paymentQueue = courseActions.refundPayment.queue;

/** The engine's own pool, so that a flood of actions never delays a turn (docs/architecture.md). */
const enginePool = 20;

/** Runs one worker process until a signal ends it. */
async function main(): Promise<void> {
  const config = readSettings(workerShape);
  const log = createLogger({ name: 'worker', level: config.LOG_LEVEL, pretty: process.stdout.isTTY });
  installRuntime(log, { metricsPort: config.METRICS_PORT });
  const queues = config.QUEUES.split(',')
    .map((name) => name.trim())
    .filter((name): name is QueueName => (queueNames as readonly string[]).includes(name));

  const { codePath, build } = await workflowBundle(join(config.THROUGHLINE_HOME, 'cache'));
  const [app, engineDb, system] = [
    createDb(config, 'tl_app', actionConnections, patience.activity),
    createDb(config, 'tl_app', enginePool, patience.activity),
    createDb(config, 'tl_system', 5, patience.activity),
  ];
  const [poolDb, poolSystem] = [
    createDb(config, 'tl_app', poolConnections, patience.activity),
    createDb(config, 'tl_system', poolConnections, patience.activity),
  ];
  const name = `${hostname()}/${process.pid}`;
  const life = { id: newId(), process: name };
  const living = lifeTask(system, life);
  // Beside what follows: a database that is away or slow holds no start up.
  void living
    .run(new AbortController().signal)
    .catch((error: unknown) => log.warn({ err: error }, 'This start could not be noted'));
  const keys = createKeySource(system, config);
  await openAtStart(keys, (error) => log.warn({ err: error }, 'The master keys could not be looked at'));
  const temporal = createTemporal(config);
  const work = composeWork(config, app, keys);
  for (const refused of [databaseRefusal(config), storeRefusal(work.objects)])
    void refused.then((refusal) => refusal !== null && log.error(refusal));
  const attributes = createAttributeRegistry(temporal.client, log);
  const publicUrl = config.PUBLIC_URL;
  const engine = createEngineActivities({
    db: engineDb,
    kinds: work.kinds,
    temporalRunId: () => activityInfo().workflowExecution?.runId ?? null,
    display: { publicUrl, isIndexed: attributes.isUsable },
  });
  const deployment = config.TL_DEPLOYMENT;
  const pools = config.RUN_POOLS;
  const workers = await startWorkers({
    temporal: config,
    deployment,
    queues,
    codePath,
    engine,
    actions: work.actions,
    pools: composePools({ ...work, pools, poolDb, db: app, system: poolSystem, build }),
  }).catch(async (error: unknown) => {
    await die(system, life, error);
    throw error;
  });
  // Two containers may have the same name and the same pid.
  const partitions = new Partitions(system, `${name}/${newId()}`);
  const tasks = backgroundTasks({
    db: system,
    client: temporal.client,
    deployment,
    publicUrl,
    partitions,
    pools,
    process: name,
    queues,
    build,
    log,
    retention: retentionOf(config),
    objects: work.objects,
    attributes,
    mailGate: queues.includes('email') ? work.mailGate : null,
    mailTest: queues.includes('email') ? work.mailTest : null,
    returnedMails: queues.includes('email') ? work.returnedMails : null,
    mailPasswordReset: queues.includes('email') ? work.mailPasswordReset : null,
    tryModel: queues.includes('llm') ? work.tryModel : null,
    paymentKeyRefusal: queues.includes(paymentQueue) ? work.paymentKeyRefusal : null,
  });
  tasks.push({
    name: 'temporal-certificate',
    everyMs: 60_000,
    run: () => lookAtCertificate({ db: system, temporal: config, renew: workers.renew, log }),
  });
  const watch = createTaskWatch(system, taskNames(tasks));
  const background = startBackground([living, ...tasks, watch.task], log, { passed: watch.passed });
  log.info({ queues, build }, 'Worker is running');

  const reason = await Promise.race([nextSignal(), workers.failed.catch((error: unknown) => error)]);
  log.info(typeof reason === 'string' ? `${reason}: draining` : { err: reason }, 'Worker stops');
  // Noted at once, while it drains: a drain that is cut short is no death.
  const noted = typeof reason === 'string' ? endLife(system, life).catch(() => undefined) : die(system, life, reason);
  await Promise.all([background.stop(), workers.stop(), noted]);
  await partitions.release().catch(() => undefined);
  await leave(system, name).catch(() => undefined);
  await work.close();
  await Promise.allSettled([
    ...[app, engineDb, system, poolDb, poolSystem].map((db) => db.destroy()),
    temporal.close(),
  ]);
  process.exit(typeof reason === 'string' ? 0 : 1);
}

/** Says what the process dies of; where that cannot be noted, its silence shows it. */
async function die(system: Db, life: WorkerLife, cause: unknown): Promise<void> {
  const words = cause instanceof Error ? cause.message : String(cause);
  await noteLastWords(system, life, words).catch(() => undefined);
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError || error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
