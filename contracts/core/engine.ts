import type { ActionName } from './actions.ts';

/** One run, as every message and activity names it. */
export type RunRef = { workspaceId: string; runId: string };

/**
 * From how many events on an execution makes way for its successor; how long, and up to how many bytes of history, it waits then for what
 * is in flight.
 */
export type HistoryLimits = { maxEvents: number; drainMs: number; historyBytes: number };

/**
 * The argument of the three run workflows; `turn` is the last turn the predecessor saw, absent at the start. Tests set `history`; for what it
 * does not say `limits` hold.
 */
export type RunInput = RunRef & { turn?: number; history?: Partial<HistoryLimits> };

/** An action that will not be retried any more. `key` is that of `OpenAction`. */
export type ActionFailure = { key: string; type: string; message: string };

/** `turn` is the turn that the caller wants to make; `at` is the workflow's clock in epoch milliseconds. */
export type AdvanceInput = RunRef & { turn: number; at: number; failures: ActionFailure[] };

/** An action that must be running now. `key` is unique over rewinds: `${generation}/${command id}`. */
export type OpenAction = { key: string; activity: ActionName };

/**
 * What Temporal's own UI shows of a run: ids and names of steps, nothing of a person. `details` is Markdown, written outside of the
 * workflow so that its words may change; `isIndexed` says that the cluster knows the search attributes, so that they may be set.
 */
export type RunDisplay = { status: string; step: string | null; details: string; isIndexed: boolean };

/**
 * Where the run stands in Postgres. `open` is all that must be running, never a delta; `more` says that unread messages
 * exist now; `ended` says that the run is over and the workflow must close. `display` is absent in what 0.1 recorded.
 */
export type AdvanceAnswer = {
  turn: number;
  open: OpenAction[];
  dueAt: string | null;
  more: boolean;
  ended: boolean;
  display?: RunDisplay;
};

/** What the run loop needs of the engine; run as local activities. */
export type EngineActivities = {
  /**
   * Makes turn `input.turn` if it is the next one, else writes only new failures; answers for the head either way.
   * Repeatable: any number of calls with the same input makes the turn once.
   */
  advanceRun(input: AdvanceInput): Promise<AdvanceAnswer>;
};

/** The input of every action's activity; it reads everything else from Postgres. */
export type ActionInput = RunRef & { key: string };

/**
 * The activities of the actions: each leaves its result as a `performed` message in the transaction that settles its
 * effect.
 */
export type ActionActivities = Record<ActionName, (input: ActionInput) => Promise<void>>;
