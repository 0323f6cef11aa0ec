import { median } from './support/median.ts';
import { poolRound } from './documents/pool-round.ts';
import { batchRound, type BatchRound } from './documents/batch-round.ts';
import { cpuMsOf, machineCpuMs, peakBytesOf } from './support/cpu.ts';
import { startInstallation } from './support/installation.ts';

const documents = Number(process.env['BENCH_DOCUMENTS'] ?? 2_000);
/** Documents that go through all stages, each with a PDF and an HTML file. */
const chained = Number(process.env['BENCH_CHAIN'] ?? 1_000);
/** What a fast model takes; the slower the model, the less everything else matters. */
const latencyMs = Number(process.env['BENCH_LATENCY_MS'] ?? 300);
const window = 100;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 2);
/** Above this share of the machine's processors in use a round says how dear a document is, not how long it has to take. */
const boundShare = 0.9;

const installation = await startInstallation();
const { pids } = installation;
try {
  await installation.doubles.configureLlm({ latencyMs });
  console.log(
    `${documents} documents, one model call of ${latencyMs} ms each, ${window} at once, ${rounds} rounds, alternating`,
  );
  // The first documents pay for compilers and connections, on both sides.
  await poolRound(installation, { documents: 200, window });
  await batchRound(installation, { documents: 200, window });
  const pool: Measured<number>[] = [];
  const batch: Measured<BatchRound>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [ofPool, ofBatch] = [
      await measured(ownCpuMs, documents, () => poolRound(installation, { documents, window })),
      await measured(workerCpuMs, documents, () => batchRound(installation, { documents, window })),
    ];
    pool.push(ofPool);
    batch.push(ofBatch);
    console.log(`  pool ${say(ofPool.result, ofPool)}\n  batch ${say(ofBatch.result.perSecond, ofBatch)}`);
  }
  const quarterMiB = (batch.at(-1)?.result.quarterBytes ?? []).map(mebibytes);
  const chain = await measured(workerCpuMs, chained, () =>
    batchRound(installation, { documents: chained, window, formats: ['pdf', 'html'] }),
  );
  const stages = chain.result.stageSeconds;
  const seconds = Object.values(stages).reduce((sum, each) => sum + each, 0);
  const [perSecond, poolPerSecond] = [
    median(batch.map(({ result }) => result.perSecond)),
    median(pool.map(({ result }) => result)),
  ];
  const summary = {
    bench: 'documents',
    documents,
    latencyMs,
    window,
    documentsPerSecond: Number(perSecond.toFixed(1)),
    poolDocumentsPerSecond: Number(poolPerSecond.toFixed(1)),
    ratio: Number((perSecond / poolPerSecond).toFixed(3)),
    cpuMsPerDocument: { batch: cpuOf(batch), pool: cpuOf(pool) },
    boundByCpu: [...pool, ...batch].some(({ busy }) => busy >= boundShare),
    quarterMiB,
    peakMiB: mebibytes(peakBytesOf(pids.worker)),
    chain: {
      documents: chained,
      perMinute: Math.round((60 * chained) / seconds),
      stageSeconds: stages,
      workerCpuMs: Number(chain.ownMs.toFixed(2)),
    },
  };
  console.log(`ratio to a plain promise pool: ${summary.ratio}`);
  console.log(
    `CPU a document, ms: the worker with its render processes ${summary.cpuMsPerDocument.batch.own} and ${summary.cpuMsPerDocument.batch.postgres} of Postgres; the pool ${summary.cpuMsPerDocument.pool.own} and ${summary.cpuMsPerDocument.pool.postgres}`,
  );
  if (summary.boundByCpu)
    console.log('  bound by CPU: the processors were busy, so that the ratio says what a document costs');
  console.log(`memory of the worker with its render processes at each quarter, MiB: ${quarterMiB.join(', ')}`);
  console.log(
    `${chained} documents with PDF and HTML to the archive: ${summary.chain.perMinute} a minute, ${summary.chain.workerCpuMs} ms CPU each; seconds of each stage: ${JSON.stringify(stages)}`,
  );
  console.log(JSON.stringify(summary));
} finally {
  await installation.stop();
}

/** What a round came to, with the milliseconds of CPU a document of its own process and of Postgres, and the share of the machine in use. */
type Measured<T> = { result: T; ownMs: number; postgresMs: number; busy: number };

/** The pool is in this process; its servers are below it, and not meant. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function workerCpuMs(): number {
  return cpuMsOf(pids.worker);
}

async function measured<T>(cpuMs: () => number, count: number, round: () => Promise<T>): Promise<Measured<T>> {
  const [own, postgres, machine] = [cpuMs(), cpuMsOf(pids.postgres), machineCpuMs()];
  const result = await round();
  const now = machineCpuMs();
  return {
    result,
    ownMs: (cpuMs() - own) / count,
    postgresMs: (cpuMsOf(pids.postgres) - postgres) / count,
    busy: (now.usedMs - machine.usedMs) / (now.hadMs - machine.hadMs),
  };
}

function cpuOf(all: Measured<unknown>[]): { own: number; postgres: number } {
  const of = (values: number[]): number => Number(median(values).toFixed(2));
  return { own: of(all.map(({ ownMs }) => ownMs)), postgres: of(all.map(({ postgresMs }) => postgresMs)) };
}

function say(rate: number, { ownMs, postgresMs, busy }: Measured<unknown>): string {
  const bound = busy >= boundShare ? ', bound by CPU' : '';
  return `${rate.toFixed(1)} documents/s, ${ownMs.toFixed(2)} ms CPU each, ${postgresMs.toFixed(2)} of Postgres${bound}`;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
