import type { Client } from '@temporalio/client';
import { eraseInBatches } from '../../activities/documents/erase-person.ts';
import type { QueueName } from '../../contracts/core/queues.ts';
import { pruneChangeLog } from '../../platform/db/views/change-log.ts';
import { endAbandonedEffects } from '../../platform/db/runs/reopen-run.ts';
import { expireEffectBytes, moveEffectBytes, removeLooseObjects } from '../../platform/db/runs/effect-bytes.ts';
import { returnIncidents } from '../../platform/db/incidents/owners.ts';
import { keepServiceIncidents } from '../../platform/db/runs/incidents.ts';
import { beat, isOnlyBuild } from '../../platform/db/runs/heartbeats.ts';
import { live, watchDeaths, type WorkerLife } from '../../platform/db/runs/worker-lives.ts';
import type { Partitions } from '../../platform/db/runs/outbox-partitions.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import { sweepGoals } from '../../platform/db/runs/waits.ts';
import { keepSegments } from '../../platform/db/segments/keep-segments.ts';
import { foldTallies, sweepTallies } from '../../platform/db/tallies/fold-tallies.ts';
import { sweepOld, sweepTurns } from '../../platform/db/core/retention.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { AttributeRegistry } from '../../platform/temporal/search-attributes.ts';
import type { Retention } from '../../platform/retention.ts';
import type { Task } from './background.ts';
import { createAuditSealer } from './audit-sealer.ts';
import { dispatchOnce } from './dispatcher.ts';
import { mailGatesOnce, type GateMailDeps } from './gate-mails.ts';
import { tryModelsOnce, type ModelTrialDeps } from './model-trials.ts';
import { mailPasswordsOnce, type PasswordMailDeps } from './password-mails.ts';
import { createReturnedMailsTask, type ReturnedMails } from './returned-mails.ts';
import { mailTestsOnce, type TestMailDeps } from './test-mails.ts';
import { createPoolWaker } from './pool-waker.ts';
import { createPaymentKeyTask, type PaymentKeyDeps } from './payment-key.ts';
import { createSilentSweep, reconcileClosed } from './reconciler.ts';

/** What the background tasks of a worker process need; `db` is the system role's. */
export type TaskDeps = {
  db: Db;
  client: Client;
  deployment: string;
  publicUrl: string;
  partitions: Partitions;
  /** How many pools the installation has. */
  pools: number;
  process: string;
  queues: QueueName[];
  build: string;
  log: Logger;
  retention: Retention;
  objects: ObjectStore;
  attributes: AttributeRegistry;
  /** Null in a process that sends no mail. */
  mailGate: GateMailDeps['mailGate'] | null;
  mailPasswordReset: PasswordMailDeps['mailPasswordReset'] | null;
  mailTest: TestMailDeps['mailTest'] | null;
  returnedMails: ReturnedMails | null;
  /** Null in a process that asks no models. */
  tryModel: ModelTrialDeps['tryModel'] | null;
  /** Null in a process that moves no money. */
  paymentKeyRefusal: PaymentKeyDeps['paymentKeyRefusal'] | null;
};

/** The tasks that only processes have that send mail, ask models or move money. */
const gateMails = 'gate-mails';
const passwordMails = 'password-mails';
const testMails = 'test-mails';
const returned = 'returned-mails';
const modelTrials = 'model-trials';
const paymentKey = 'payment-key';

/** The names of all tasks that an installation has, where one process has `own`. */
export function taskNames(own: readonly Task[]): string[] {
  return [
    ...new Set([
      ...own.map((task) => task.name),
      gateMails,
      passwordMails,
      testMails,
      returned,
      modelTrials,
      paymentKey,
    ]),
  ];
}

/** Everything a worker process does beside polling Temporal. */
export function backgroundTasks(deps: TaskDeps): Task[] {
  const { mailGate, mailPasswordReset, mailTest, returnedMails, tryModel, paymentKeyRefusal } = deps;
  return [
    { name: 'dispatcher', everyMs: 100, run: (signal) => dispatchOnce(deps, signal) },
    { name: 'pool-waker', everyMs: 100, run: createPoolWaker(deps) },
    { name: 'leases', everyMs: 1_000, run: () => renewLeases(deps) },
    { name: 'reconciler', everyMs: 10_000, run: () => reconcileClosed(deps) },
    { name: 'silent-runs', everyMs: 15_000, run: createSilentSweep(deps) },
    ...(mailGate ? [{ name: gateMails, everyMs: 1_000, run: () => mailGatesOnce({ ...deps, mailGate }) }] : []),
    ...(mailPasswordReset
      ? [{ name: passwordMails, everyMs: 1_000, run: () => mailPasswordsOnce({ ...deps, mailPasswordReset }) }]
      : []),
    ...(mailTest ? [{ name: testMails, everyMs: 1_000, run: () => mailTestsOnce({ ...deps, mailTest }) }] : []),
    ...(returnedMails
      ? [{ name: returned, everyMs: 60_000, run: createReturnedMailsTask({ ...deps, returnedMails }) }]
      : []),
    ...(tryModel ? [{ name: modelTrials, everyMs: 1_000, run: () => tryModelsOnce({ ...deps, tryModel }) }] : []),
    ...(paymentKeyRefusal
      ? [{ name: paymentKey, everyMs: 60_000, run: createPaymentKeyTask({ ...deps, paymentKeyRefusal }) }]
      : []),
    { name: 'segments', everyMs: 250, run: (signal) => keepSegments(deps.db, signal) },
    { name: 'change-log', everyMs: 60_000, run: () => pruneChangeLog(deps.db, deps.retention.changes) },
    { name: 'tallies', everyMs: 2_000, run: () => foldTallies(deps.db) },
    { name: 'old-tallies', everyMs: 300_000, run: () => sweepTallies(deps.db) },
    { name: 'audit-sealer', everyMs: 2_000, run: createAuditSealer(deps) },
    { name: 'retention', everyMs: 60_000, run: () => sweepOld(deps.db, deps.retention) },
    { name: 'service-incidents', everyMs: 15_000, run: () => keepServiceIncidents(deps.db) },
    { name: 'ignored-incidents', everyMs: 15_000, run: () => returnIncidents(deps.db) },
    { name: 'abandoned-effects', everyMs: 60_000, run: () => endAbandonedEffects(deps.db) },
    {
      name: 'turns',
      everyMs: 60_000,
      run: async () => (await sweepTurns(deps.db, deps.retention)) + (await sweepGoals(deps.db)),
    },
    { name: 'effect-bytes', everyMs: 10_000, run: () => keepEffectBytes(deps) },
    { name: 'erasures', everyMs: 5_000, run: (signal) => eraseInBatches(deps, signal) },
    { name: 'search-attributes', everyMs: 60_000, run: () => registerAttributes(deps) },
    { name: 'heartbeat', everyMs: 5_000, run: () => beat(deps.db, deps) },
  ];
}

/** Renews the leases of the outbox also while a pass of the dispatcher takes long. */
async function renewLeases({ partitions }: Pick<TaskDeps, 'partitions'>): Promise<void> {
  await partitions.take();
}

/** Says that this worker lives, and looks whether workers keep dying: first when the process starts, before all that it may die of. */
export function lifeTask(db: Db, life: WorkerLife): Task {
  return {
    name: 'worker-life',
    everyMs: 5_000,
    async run() {
      await live(db, life);
      await watchDeaths(db);
    },
  };
}

/**
 * One look at the search attributes. No workflow sets them while workers of several builds run beside each other, as in an upgrade: a run
 * goes from one to another, and one that knows nothing of the command could not replay it.
 */
export async function registerAttributes({
  db,
  build,
  attributes,
}: Pick<TaskDeps, 'db' | 'build' | 'attributes'>): Promise<void> {
  await attributes.register({ isOnlyBuild: await isOnlyBuild(db, build) });
}

/**
 * One pass over the bytes of effects; the next follows at once while there is something to do. It deletes before it writes: a store that
 * is full takes nothing more until something goes, and what is erased goes whether or not the store takes more. @returns how much it did
 */
export async function keepEffectBytes({
  db,
  retention,
  objects,
}: Pick<TaskDeps, 'db' | 'retention' | 'objects'>): Promise<number> {
  const expired = await expireEffectBytes(db, retention.effectBytes);
  const removed = await removeLooseObjects(db, objects);
  return expired + removed + (await moveEffectBytes(db, objects));
}
