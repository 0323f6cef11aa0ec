import pg from 'pg';
import { createTemporal } from '../../platform/temporal/client.ts';
import { bareRound } from './journeys/bare-round.ts';
import { insertBare } from './journeys/bare-inserts.ts';
import { startRuns } from './journeys/start-runs.ts';
import { bytesOfRuns, closeAccounts, lateness } from './journeys/waiting.ts';
import { cpuMsOf, peakBytesOf } from './support/cpu.ts';
import { type Installation, startInstallation } from './support/installation.ts';

const isMillion = process.argv.includes('--million');
/** Bare workflows, and journeys that have a workflow each. */
const runs = Number(process.env['BENCH_RUNS'] ?? 1_000);
/** Journeys in pools. */
const pooledRuns = Number(process.env['BENCH_POOLED'] ?? (isMillion ? 1_000_000 : 20_000));
/** Journeys in pools that send a mail each. */
const mailedRuns = Number(process.env['BENCH_MAILED'] ?? 3_000);
/** Timers that end within seconds of each other. */
const timers = Number(process.env['BENCH_TIMERS'] ?? 10_000);
const timerSeconds = 20;
/** People whose journey ends by an event while all others wait. */
const exits = 200;
/** Long enough that a garbage collection or a sweep does not count for much. */
const idleMs = Number(process.env['BENCH_IDLE_MS'] ?? 20_000);

const installation = await startInstallation();
try {
  const { settings, pids } = installation;
  console.log(
    'journeys by event, each until it waits at its timer; beside them bare workflows of one local activity and a timer, and bare inserts',
  );
  const start = cpuOf(pids);
  const bare = await bareRound(settings['TEMPORAL_ADDRESS'] ?? '', runs);
  const bareCpu = { ...minus(cpuOf(pids), start), worker: bare.workerCpuMs };
  say(
    'bare workflows',
    bare.perSecond,
    mapped(bareCpu, (ms) => ms / runs),
  );
  // As in an installation that has run for some minutes: code is warm, and Postgres knows its tables.
  await startRuns(installation, 200, { execution: 'dedicated' });
  await startRuns(installation, 1_000, { execution: 'pooled' });
  await analyze();

  const dedicated = await measured(runs, () => startRuns(installation, runs, { execution: 'dedicated' }));
  say('dedicated', dedicated.perSecond, dedicated.cpu);
  const before = await bytesOfRuns(installation);
  const pooled = await measured(pooledRuns, () => startRuns(installation, pooledRuns, { execution: 'pooled' }));
  const bytes = Math.round(((await bytesOfRuns(installation)) - before) / pooledRuns);
  say('pooled', pooled.perSecond, pooled.cpu);
  const mailed = await measured(mailedRuns, () =>
    startRuns(installation, mailedRuns, { execution: 'pooled', mails: true }),
  );
  say('pooled, with a mail', mailed.perSecond, mailed.cpu);
  const inserts = await insertBare(installation, pooled.journey, Math.min(pooledRuns, 20_000));
  console.log(`  bare inserts of the same rows: ${inserts.toFixed(0)} a second`);
  await analyze();
  const exit = await closeAccounts(installation, pooled.journey, exits);
  const waiting = pooledRuns + mailedRuns + 1_200 + runs - exits;
  console.log(`  with ${waiting} waiting, from an event to the end of its run, ms: ${JSON.stringify(exit)}`);
  const { journey } = await startRuns(installation, timers, { execution: 'pooled', delay: `PT${timerSeconds}S` });
  const late = await lateness(installation, { journey, seconds: timerSeconds });
  console.log(`  ${timers} timers due within ${late.dueWithin.toFixed(1)} s, late by, ms: ${JSON.stringify(late)}`);

  // What starting has left behind (checkpoints of SQLite, caches) settles first.
  await sleep(5_000);
  const quiet = cpuOf(pids);
  await sleep(idleMs);
  const idle = mapped(minus(cpuOf(pids), quiet), (ms) => Number(((100 * ms) / idleMs).toFixed(1)));
  console.log(`  idle with ${waiting} waiting, % of a core: ${JSON.stringify(idle)}`);
  const summary = {
    bench: 'journeys',
    runs,
    pooledRuns,
    perSecond: {
      bare: rounded(bare.perSecond),
      dedicated: rounded(dedicated.perSecond),
      pooled: rounded(pooled.perSecond),
      mailed: rounded(mailed.perSecond),
      inserts: rounded(inserts),
    },
    ofBare: {
      dedicated: rounded(dedicated.perSecond / bare.perSecond),
      pooled: rounded(pooled.perSecond / bare.perSecond),
    },
    pooledOfInserts: rounded(pooled.perSecond / inserts),
    cpuMsPerRun: {
      bare: mapped(bareCpu, (ms) => rounded(ms / runs)),
      dedicated: dedicated.cpu,
      pooled: pooled.cpu,
      mailed: mailed.cpu,
    },
    temporalEvents: await eventsOfPools(installation),
    bytesPerPooledRun: bytes,
    exitMs: exit,
    timersLateMs: late,
    waiting,
    idlePercentOfCore: idle,
    peakMiB: mapped(pids, (pid) => Math.round(peakBytesOf(pid) / 2 ** 20)),
  };
  console.log(JSON.stringify(summary));
} finally {
  await installation.stop();
}

type Parts<T> = { worker: T; temporal: T; postgres: T };

/** Runs `work`, which starts so many runs, with the processor time that each took. */
async function measured<T>(count: number, work: () => Promise<T>): Promise<T & { cpu: Parts<number> }> {
  const before = cpuOf(installation.pids);
  const done = await work();
  return { ...done, cpu: mapped(minus(cpuOf(installation.pids), before), (ms) => rounded(ms / count)) };
}

/** How many events the histories of the pools have now: those of the executions that go on. */
async function eventsOfPools({ settings }: Installation): Promise<number> {
  const temporal = createTemporal({
    TEMPORAL_ADDRESS: settings['TEMPORAL_ADDRESS'] ?? '',
    TEMPORAL_NAMESPACE: 'default',
  });
  let events = 0;
  for await (const { workflowId } of temporal.client.workflow.list({ query: 'WorkflowType = "poolWorkflow"' })) {
    const { historyLength } = await temporal.client.workflow.getHandle(workflowId).describe();
    events += historyLength;
  }
  await temporal.close();
  return events;
}

async function analyze(): Promise<void> {
  const admin = new pg.Client({ connectionString: installation.settings.DATABASE_URL });
  await admin.connect();
  await admin.query('vacuum (analyze)');
  await admin.end();
}

function say(what: string, perSecond: number, cpu: Parts<number>): void {
  console.log(`  ${what}: ${perSecond.toFixed(0)} a second; CPU a run, ms: ${JSON.stringify(mapped(cpu, rounded))}`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function cpuOf(pids: Parts<number>): Parts<number> {
  return mapped(pids, cpuMsOf);
}

function minus(after: Parts<number>, before: Parts<number>): Parts<number> {
  return {
    worker: after.worker - before.worker,
    temporal: after.temporal - before.temporal,
    postgres: after.postgres - before.postgres,
  };
}

function mapped<T, U>({ worker, temporal, postgres }: Parts<T>, map: (value: T) => U): Parts<U> {
  return { worker: map(worker), temporal: map(temporal), postgres: map(postgres) };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
