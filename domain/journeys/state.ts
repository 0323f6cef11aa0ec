import type { ActionRequest } from '../../contracts/core/actions.ts';
import type { GateOutcome, JsonObject, RunStatus } from '../../contracts/core/machine.ts';
import type { GateAssignee } from '../../contracts/core/machine.ts';
import type { ACTION_DONE, ACTION_OPENED } from '../../contracts/core/recorded-names.ts';

/** The event that started a run, or a start by hand (`eventId` null). `receivedAt` is when the run began to listen. */
export type JourneyEntry = {
  eventId: string | null;
  event: string;
  key: string | null;
  properties: JsonObject;
  receivedAt: string;
};

/** What a step has asked for. Frozen when the step asks, so that facts which change later do not change an open command. */
export type Opened =
  | ({ kind: typeof ACTION_OPENED } & ActionRequest)
  | { kind: 'time'; dueAt: string }
  | { kind: 'event'; eventName: string; key: string | null; from: string; dueAt: string | null }
  | {
      kind: 'gate';
      title: string;
      outcomes: GateOutcome[];
      assignee: GateAssignee;
      content: JsonObject;
      dueAt: string | null;
      onTimeout: string | null;
    };

/** What the step received; the first message counts. */
export type StepResult =
  | { kind: 'due' }
  | { kind: typeof ACTION_DONE; output: JsonObject }
  | { kind: 'failed'; type: string; message: string }
  | { kind: 'event'; id: string | null; name: string; key: string | null; properties: JsonObject; occurredAt: string }
  | { kind: 'gate'; outcome: string; comment: string | null; form: JsonObject | null; round: number | null };

/** Where a run stands: on its way to a step (null: to its end), or in one. */
export type Position =
  | { kind: 'arriving'; step: string | null }
  | { kind: 'in'; step: string; visit: number; startedAt: string; opened: Opened; settled: StepResult | null };

/**
 * Everything a run remembers; plain JSON, stored with each turn. `clock` is the latest instant it has lived through and
 * only rises. `outputs` are by step id, of its latest visit. `decisions` counts gate outcomes under `step/outcome`. `waits`
 * keeps, by step, when its last wait ended and by which event. `toggleSeq` is the message of the latest pause or resume.
 */
export type JourneyState = {
  engineVersion: 1;
  entry: JourneyEntry;
  clock: string;
  position: Position | null;
  visits: Readonly<Record<string, number>>;
  outputs: Readonly<Record<string, JsonObject>>;
  decisions: Readonly<Record<string, number>>;
  waits: Readonly<Record<string, { endedAt: string; eventId: string | null }>>;
  isPaused: boolean;
  toggleSeq: number;
  goalReachedAt: string | null;
  end: { status: Extract<RunStatus, 'completed' | 'exited' | 'failed'>; reason: string } | null;
};

/** The state of a run that has not made its first turn: `position` is null until the definition says where to begin. */
export function startJourney(entry: JourneyEntry): JourneyState {
  return {
    engineVersion: 1,
    entry,
    clock: entry.receivedAt,
    position: null,
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
