import { bareRound } from './journeys/bare-round.ts';
import { startRuns } from './journeys/start-runs.ts';
import { cpuMsOf } from './support/cpu.ts';
import { startInstallation } from './support/installation.ts';

const runs = Number(process.env['BENCH_RUNS'] ?? 3_000);
/** Long enough that a garbage collection or a sweep does not count for much. */
const idleMs = Number(process.env['BENCH_IDLE_MS'] ?? 20_000);

const installation = await startInstallation();
try {
  const { settings, pids } = installation;
  console.log(
    `${runs} journeys by event, each until it waits at its timer; beside them a bare workflow of one local activity and a timer`,
  );
  const start = cpuOf(pids);
  const bare = await bareRound(settings['TEMPORAL_ADDRESS'] ?? '', runs);
  const bareCpu = { ...minus(cpuOf(pids), start), worker: bare.workerCpuMs };
  console.log(`  bare workflows: ${bare.perSecond.toFixed(1)} a second`);
  await startRuns(installation, 200);
  const before = cpuOf(pids);
  const perSecond = await startRuns(installation, runs);
  const used = minus(cpuOf(pids), before);
  console.log(`  journeys:       ${perSecond.toFixed(1)} a second`);

  // What starting has left behind (checkpoints of SQLite, caches) settles first.
  await sleep(5_000);
  const quiet = cpuOf(pids);
  await sleep(idleMs);
  const idle = minus(cpuOf(pids), quiet);
  const each = (ms: number): number => Number((ms / runs).toFixed(1));
  const percent = (ms: number): number => Number(((100 * ms) / idleMs).toFixed(1));
  const summary = {
    bench: 'journeys',
    runs,
    startedPerSecond: Number(perSecond.toFixed(1)),
    barePerSecond: Number(bare.perSecond.toFixed(1)),
    ratio: Number((perSecond / bare.perSecond).toFixed(2)),
    cpuMsPerRun: mapped(used, each),
    bareCpuMsPerRun: mapped(bareCpu, each),
    waiting: runs + 200,
    idlePercentOfCore: mapped(idle, percent),
  };
  console.log(
    `  CPU a run, ms: ${JSON.stringify(summary.cpuMsPerRun)}; bare ${JSON.stringify(summary.bareCpuMsPerRun)}`,
  );
  console.log(`  idle with ${summary.waiting} waiting, % of a core: ${JSON.stringify(summary.idlePercentOfCore)}`);
  console.log(JSON.stringify(summary));
} finally {
  await installation.stop();
}

type Parts<T> = { worker: T; temporal: T; postgres: T };

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
