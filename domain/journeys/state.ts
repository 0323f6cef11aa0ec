import type { ActionRequest } from '../../contracts/core/actions.ts';
import type { GateSpec, Happening, JsonObject, RunStatus } from '../../contracts/core/machine.ts';
import type { ACTION_DONE, ACTION_OPENED } from '../../contracts/core/recorded-names.ts';

/**
 * The event that started a run, or a start by hand (`eventId` null). `receivedAt` is when the run began to listen; `occurredAt` is missing where
 * code of before let the contact in; `inPlaceOf` is the run that was begun anew by this one.
 */
export type JourneyEntry = {
  eventId: string | null;
  event: string;
  key: string | null;
  properties: JsonObject;
  occurredAt?: string;
  receivedAt: string;
  inPlaceOf?: string;
};

/** An event that a step listens for: `key` null means any key, and events received since `from` count. */
export type Awaited = { eventName: string; key: string | null; from: string };

/**
 * What a step has asked for. Frozen when the step asks, so that facts which change later do not change an open command; `more` are
 * events that it listens for as well. `branches` are gone through beside each other, each by a token of its own.
 */
export type Opened =
  | ({ kind: typeof ACTION_OPENED } & ActionRequest)
  | { kind: 'time'; dueAt: string }
  | (Awaited & { kind: 'event'; dueAt: string | null; more?: readonly Awaited[] })
  | { kind: 'branches'; names: readonly string[] }
  | ({ kind: 'gate' } & Omit<GateSpec, 'step' | 'visit'>);

/** What the step received; the first message counts. `joined` says that a branch came to its end, and how many are `left`. */
export type StepResult =
  | { kind: 'due' }
  | { kind: typeof ACTION_DONE; output: JsonObject }
  | { kind: 'failed'; type: string; message: string }
  | { kind: 'joined'; branch: string; left: number }
  | {
      kind: 'event';
      id: string | null;
      name: string;
      key: string | null;
      properties: JsonObject;
      occurredAt: string;
      /** Missing where code of before received it. */
      receivedAt?: string;
    }
  | { kind: 'gate'; outcome: string; comment: string | null; form: JsonObject | null; round: number | null };

/** A visit that waits for what it asked for. `memory` is what it keeps for itself until it leaves; most keep nothing. */
export type OpenVisit = {
  kind: 'in';
  step: string;
  visit: number;
  startedAt: string;
  opened: Opened;
  settled: StepResult | null;
  memory?: JsonObject;
};

/** Where a token stands: on its way to a step (null: to the end of the run or of its branch), or in one. */
export type Position = { kind: 'arriving'; step: string | null } | OpenVisit;

/** One place of a run. `fork` is the step, and the branch of it, that the token goes through; null for the first, which is the run's own. */
export type Token = { fork: { step: string; branch: string } | null; position: Position };

/**
 * Everything a run remembers; plain JSON, stored with each turn as `storedState` gives it. `tokens` are where the run stands: the
 * first is the run's own, each other is in a branch that runs beside others; none before the first turn and after the end. No two are
 * ever in the same step, so what is kept by step does not depend on their order.
 * `clock` is the latest instant it has lived through and only rises. `outputs` are by step id, of its latest visit. `decisions` counts gate outcomes under `step/outcome`. `waits`
 * keeps, by step, when its last wait ended, by which event, and until when events were received that its visits have had their turn with. `toggleSeq` is the message of the latest pause or resume; `pausedAt` and `pausedBy` are there while it is paused: since when, and
 * whether it was itself, with its journey, or both, where code of before did not pause it. `lateTimers` counts the timers fired
 * while the run catches up, and is there only meanwhile.
 */
export type JourneyState = {
  engineVersion: 2;
  entry: JourneyEntry;
  clock: string;
  tokens: readonly Token[];
  visits: Readonly<Record<string, number>>;
  outputs: Readonly<Record<string, JsonObject>>;
  decisions: Readonly<Record<string, number>>;
  waits: Readonly<Record<string, { endedAt: string; eventId: string | null; heardUntil?: string }>>;
  isPaused: boolean;
  pausedAt?: string;
  pausedBy?: readonly PausedBy[];
  toggleSeq: number;
  lateTimers?: number;
  goalReachedAt: string | null;
  end: JourneyEnd | null;
};

/** What was paused: the run alone, or its journey with all who are in it. */
export type PausedBy = 'run' | 'journey';

/**
 * How a run ended. Where a step failed, `failure` is what the run is taken up with; states of before lack it. `by` is the event that ended it:
 * what has happened after it comes after the run, though the turn that ended it was made later still. Without an event the run ended when its
 * clock says.
 */
export type JourneyEnd = {
  status: Extract<RunStatus, 'completed' | 'exited' | 'failed'>;
  reason: string;
  failure?: Failure;
  by?: Happening;
};

/** The step that ended a run, and where the run stood then: the token of the step is on its way to it, the others are as they were. */
export type Failure = { step: string; tokens: readonly Token[] };

/** A state as code of before stored it and reads it: the one place where the run stands. */
type SinglePositionState = Omit<JourneyState, 'engineVersion' | 'tokens'> & {
  engineVersion: 1;
  position: Position | null;
};

/** A state as it may be stored. */
export type StoredState = SinglePositionState | JourneyState;

/** Reads a stored state of any age as one of today. */
export function upgradeState(stored: StoredState): JourneyState {
  if (stored.engineVersion === 2) return stored;
  const { position, ...kept } = stored;
  return { ...kept, engineVersion: 2, tokens: position === null ? [] : [{ fork: null, position }] };
}

/**
 * What to store of a state. One place without a memory is stored as code of before reads it, which may run beside this during an upgrade;
 * what that code could not make is stored as it is.
 */
export function storedState(state: JourneyState): StoredState {
  const { tokens, ...kept } = state;
  const position = tokens[0]?.position ?? null;
  const isSimple = tokens.length <= 1 && !(position?.kind === 'in' && position.memory);
  return isSimple ? { ...kept, engineVersion: 1, position } : state;
}

/** The state of a run that has not made its first turn: it stands nowhere until the definition says where to begin. */
export function startJourney(entry: JourneyEntry): JourneyState {
  return {
    engineVersion: 2,
    entry,
    clock: entry.receivedAt,
    tokens: [],
    visits: {},
    outputs: {},
    decisions: {},
    waits: {},
    isPaused: false,
    toggleSeq: 0,
    goalReachedAt: null,
    end: null,
  };
}
