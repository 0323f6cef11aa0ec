import { randomUUID } from 'node:crypto';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { activityInfo } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import { readConfig } from '../../platform/config.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import { Partitions } from '../../platform/db/runs/outbox-partitions.ts';
import { createLogger } from '../../platform/log.ts';
import { createFileStore } from '../../platform/objects/file-store.ts';
import { retentionOf } from '../../platform/retention.ts';
import { createTemporal, type Temporal } from '../../platform/temporal/client.ts';
import { createAttributeRegistry } from '../../platform/temporal/search-attributes.ts';
import { startBackground, type Background } from '../../worker/background/background.ts';
import { backgroundTasks } from '../../worker/background/tasks.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import { startWorkers, type Workers } from '../../worker/workers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { testPort } from '../support/ports.ts';
import '../support/quiet-runtime.ts';
import { testTemporalAddress } from '../support/temporal-address.ts';
import { everyKind, toyKind, type ToyAct } from '../support/toy-kind.ts';
import { startToyRun } from '../support/toy-runs.ts';
import { untilDone } from './storm.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Longer than the pauses between tries grow. */
const outageMs = 62_000;
/** More than the turns that one worker makes at once. */
const runs = 200;
/** Turns that come due before, in and after the outage. */
const script: ToyAct[] = Array.from({ length: 3 }, () => ({ kind: 'delay', ms: 4_000 }) as const);
/** A run that needs nothing of Postgres: it stands for the work of others on the same worker. */
const unrelated = 'unrelated';

describe('an outage of Postgres', () => {
  let home: string;
  let postgres: PostgresServer;
  let database: TestDatabase;
  let engineDb: Db;
  let temporal: Temporal;
  let workers: Workers;
  let background: Background;
  let restart: () => Promise<PostgresServer>;
  let failedTurns = 0;
  const deployment = `outage-${randomUUID().slice(0, 8)}`;

  beforeAll(async () => {
    mkdirSync(join(root, '.throughline/test'), { recursive: true });
    home = mkdtempSync(join(root, '.throughline/test/outage-'));
    const port = await testPort('postgres');
    restart = () => startPostgres({ home, port, log: join(home, 'postgres.log') });
    postgres = await restart();
    process.env['TL_TEST_ADMIN_URL'] = postgres.adminUrl;
    database = await createTestDatabase();
    engineDb = createDb(database.config, 'tl_app', 20);
    const temporalConfig = { TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: 'default' };
    temporal = createTemporal(temporalConfig);
    const { codePath, build } = await workflowBundle(join(root, '.throughline/cache'));
    const kind = toyKind(script);
    const engine = createEngineActivities({
      db: engineDb,
      kinds: everyKind(kind),
      temporalRunId: () => activityInfo().workflowExecution?.runId ?? null,
    });
    const queues = ['core'] as const;
    workers = await startWorkers({
      temporal: temporalConfig,
      deployment,
      queues,
      codePath,
      actions: {},
      engine: {
        async advanceRun(input) {
          if (input.runId === unrelated) return { turn: 1, open: [], dueAt: null, more: false, ended: true };
          try {
            return await engine.advanceRun(input);
          } catch (error) {
            failedTurns += 1;
            throw error;
          }
        },
      },
    });
    const log = createLogger({ name: 'test', level: 'silent' });
    const config = readConfig({ ...database.config });
    background = startBackground(
      backgroundTasks({
        db: database.system,
        client: temporal.client,
        deployment,
        publicUrl: config.PUBLIC_URL,
        partitions: new Partitions(database.system, deployment),
        pools: 1,
        process: deployment,
        queues: [...queues],
        build,
        log,
        retention: retentionOf(config),
        objects: createFileStore(join(home, 'objects')),
        attributes: createAttributeRegistry(temporal.client, log),
        mailGate: null,
        mailPasswordReset: null,
        mailTest: null,
        returnedMails: null,
        tryModel: null,
        paymentKeyRefusal: null,
      }),
      log,
    );
  }, 120_000);
  afterAll(async () => {
    await background?.stop();
    await workers?.stop();
    await Promise.all([engineDb?.destroy(), temporal?.close()]);
    await database?.stop();
    await postgres?.stop();
    rmSync(postgres.data, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  async function askUnrelated(): Promise<number> {
    const began = performance.now();
    await temporal.client.workflow.execute('journeyWorkflow', {
      workflowId: randomUUID(),
      taskQueue: taskQueue(deployment, 'core'),
      args: [{ workspaceId: 'none', runId: unrelated }],
    });
    return Math.round(performance.now() - began);
  }

  const live = async (): Promise<number> =>
    (await kysely(database.system).selectFrom('run').select('id').where('ended_at', 'is', null).execute()).length;

  it(
    'holds up its runs and nobody else, and all of them go on after it',
    async () => {
      for (let at = 0; at < runs; at += 1) await startToyRun(database);
      await eventually(
        'every run has made a turn',
        async () =>
          (await kysely(database.system).selectFrom('run').select('id').where('turn', '=', 0).execute()).length === 0,
        60_000,
      );
      const heldUp = await live();
      postgres.process.kill('SIGKILL');
      await postgres.process.exited;
      const until = Date.now() + outageMs;
      const answersMs: number[] = [];
      // Postgres stays away until a run that needs nothing of it has answered while the turns of all the others fail. If they held it
      // up, it would answer only after the outage, and the outage would not end.
      while (Date.now() < until || answersMs.length === 0) {
        if (failedTurns >= heldUp) answersMs.push(await askUnrelated());
        await sleep(500);
      }
      postgres = await restart();
      await untilDone('every run has ended', async () => (await live()) === 0, 90_000);
      console.log(
        `an outage of ${outageMs / 1_000} s: ${heldUp} runs, ${failedTurns} turns failed, others answered ${answersMs.length} times within ${Math.max(...answersMs)} ms`,
      );
      expect(heldUp).toBeGreaterThan(0);
      const ended = await kysely(database.system).selectFrom('run').select('status').execute();
      expect(ended.map((run) => run.status)).toEqual(Array(runs).fill('completed'));
    },
    180_000 + outageMs,
  );
});
