import { median } from './support/median.ts';
import { poolRound } from './documents/pool-round.ts';
import { batchRound } from './documents/batch-round.ts';
import { cpuMsOf, peakBytesOf } from './support/cpu.ts';
import { startInstallation } from './support/installation.ts';

const documents = Number(process.env['BENCH_DOCUMENTS'] ?? 2_000);
/** What a fast model takes; the slower the model, the less everything else matters. */
const latencyMs = Number(process.env['BENCH_LATENCY_MS'] ?? 300);
const window = 100;
const rounds = 2;

const installation = await startInstallation();
try {
  await installation.doubles.configureLlm({ latencyMs });
  console.log(
    `${documents} documents, one model call of ${latencyMs} ms each, ${window} at once, ${rounds} rounds, alternating`,
  );
  // The first documents pay for compilers and connections, on both sides.
  await poolRound(installation, { documents: 200, window });
  await batchRound(installation, { documents: 200, window });
  const pool: number[] = [];
  const batch: number[] = [];
  const cpuMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pool.push(await poolRound(installation, { documents, window }));
    const before = cpuMsOf(installation.pids.worker);
    batch.push(await batchRound(installation, { documents, window }));
    cpuMs.push((cpuMsOf(installation.pids.worker) - before) / documents);
    console.log(`  pool ${rate(pool.at(-1))} documents/s, batch ${rate(batch.at(-1))} documents/s`);
  }
  const summary = {
    bench: 'documents',
    documents,
    latencyMs,
    window,
    documentsPerSecond: Number(median(batch).toFixed(1)),
    poolDocumentsPerSecond: Number(median(pool).toFixed(1)),
    ratio: Number((median(batch) / median(pool)).toFixed(3)),
    workerCpuMsPerDocument: Number(median(cpuMs).toFixed(2)),
    workerPeakMiB: Math.round(peakBytesOf(installation.pids.worker) / 1_048_576),
  };
  console.log(`ratio to a plain promise pool: ${summary.ratio}`);
  console.log(
    `the worker with its render processes: ${summary.workerCpuMsPerDocument} ms CPU a document, ${summary.workerPeakMiB} MiB at most`,
  );
  console.log(JSON.stringify(summary));
} finally {
  await installation.stop();
}

function rate(value: number | undefined): string {
  return (value ?? 0).toFixed(1);
}
