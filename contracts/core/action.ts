import type { EffectKind, EffectMode } from './effects.ts';
import type { JsonObject } from './json.ts';
import type { QueueName } from './queues.ts';

/**
 * How an action acts. `local`: in one transaction with its result, in Postgres alone. `effect`: by one call to an outside
 * service, through the effect ledger, with what that promises. `chunks`: in many transactions; a repeated call does only what
 * is not done.
 *
 * An action that its run no longer wants, as the run has ended or left the step, is cancelled and nobody waits for it: one that waits for its turn
 * or for a retry does not begin. One in flight is too short to be stopped where it is `local`, begins no other document where it works by `chunks`, and does
 * what its `onExit` says where it is an `effect`.
 */
export type ActionMode =
  { kind: 'local' } | { kind: 'effect'; service: EffectKind; promise: EffectMode; onExit: OnExit } | { kind: 'chunks' };

/**
 * What becomes of a call in flight whose run no longer wants it, or whose worker has no more time. `finish`: it ends as it ends, and the ledger notes
 * what came of it. `breakOff`: the connection is closed; a repeated call costs nothing that counts.
 */
export type OnExit = 'finish' | 'breakOff';

/** How the workflow runs one action: its queue and the limits of an attempt in milliseconds. Temporal retries without limit. */
export type ActionOptions = { queue: QueueName; startToCloseMs: number; heartbeatMs?: number };

/**
 * All that is said of one action: where and how it runs, and, as types alone, what it is asked with and what it answers.
 *
 * `params` and `output` are never set. They are types and no zod schemas: a machine writes the params and the activity reads them by the
 * same contract, as it reads the machine's state, so nothing from outside is among them. Workflow code imports these records for their
 * options, and schemas must stay out of it.
 */
export type ActionRecord<Params, Output, Mode extends ActionMode = ActionMode> = ActionOptions & {
  readonly mode: Mode;
  readonly params?: Params;
  readonly output?: Output;
};

/** No members: the params of an action that takes none, or the output of one that has none. */
export type Nothing = Readonly<Record<never, never>>;

const seconds = 1_000;
const minutes = 60 * seconds;
/** Without a heartbeat for this long the worker counts as dead and the next attempt begins; calls beat every 2 s. */
const deadAfter = 10 * seconds;

/** An action in Postgres alone: it reads and writes a few rows. */
export function localAction<Params extends JsonObject, Output extends JsonObject>(): ActionRecord<
  Params,
  Output,
  { kind: 'local' }
> {
  return { mode: { kind: 'local' }, queue: 'core', startToCloseMs: 15 * seconds };
}

/** What an action says that calls an outside service. `seconds`: what one attempt may take, a call of at most 30 s with its ledger rows by default. */
type Effect<Service, Promise> = {
  service: Service;
  promise: Promise;
  queue: QueueName;
  onExit: OnExit;
  seconds?: number;
};

/** An action that calls an outside service once, through the effect ledger. */
export function effectAction<Params extends JsonObject, Output extends JsonObject>({
  service,
  promise,
  queue,
  onExit,
  seconds: most = 45,
}: Effect<EffectKind, EffectMode>): ActionRecord<Params, Output, Extract<ActionMode, { kind: 'effect' }>> {
  return {
    mode: { kind: 'effect', service, promise, onExit },
    queue,
    startToCloseMs: most * seconds,
    heartbeatMs: deadAfter,
  };
}

/** An action that goes through many rows or documents, at most half an hour in one attempt. */
export function chunkAction<Params extends JsonObject, Output extends JsonObject>(
  queue: QueueName,
): ActionRecord<Params, Output, { kind: 'chunks' }> {
  return { mode: { kind: 'chunks' }, queue, startToCloseMs: 30 * minutes, heartbeatMs: deadAfter };
}
