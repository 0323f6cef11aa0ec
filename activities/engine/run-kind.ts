import type { Advanced, JsonObject } from '../../contracts/core/machine.ts';
import type { TurnInput } from '../../domain/machine/advanced.ts';
import type { Reading } from '../../platform/db/core/readings.ts';
import type { OfRun, RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/**
 * Binds one pure state machine to the engine: where its definition and facts come from, how it advances, and what else is
 * written with a turn. The machine's state is plain JSON.
 */
export type RunKind<Facts = unknown> = {
  /** What is read of a run, or of each of several, together with what each turn reads: its contact is locked, and nothing of the turn is written yet. */
  facts?(run: OfRun): Reading<Facts>;
  /** Reads what else the machine needs inside the turn's transaction, and returns the machine over it. */
  load(tx: Tx, run: RunRow, facts: Facts): Promise<Machine>;
};

/** A machine with its definition and facts bound. */
export type Machine = {
  /** Pure: the same state and input give the same result. */
  advance(state: JsonObject | null, input: TurnInput): Advanced<JsonObject>;
  /** Writes the kind's own projection (a course's facets, a batch's stage) in the turn's transaction. */
  project?(advanced: Advanced<JsonObject>): Promise<void>;
  /** What follows the end of the run, in the same transaction, when its row says so. */
  afterEnd?(advanced: Advanced<JsonObject>): Promise<void>;
};
