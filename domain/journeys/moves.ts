import type { JourneyDefinition } from '../../contracts/journeys/journey.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Facts } from '../conditions/values.ts';
import type { JourneyState, Opened } from './state.ts';

/**
 * What a node may look at. `at` is the instant at which the run reached this point, from which waits are counted; `now` is the
 * turn's own time, which is later when the run catches up, and holds for what is about to happen outside.
 */
export type Scope = {
  definition: JourneyDefinition;
  state: JourneyState;
  facts: Facts;
  at: string;
  now: string;
  /** The zone chain's answer: contact, journey, workspace. */
  zone: string;
  workspaceZone: string;
};

/** What a node does next: ask for something, leave, end the run, or give up. */
export type Move =
  | { kind: 'open'; opened: Opened }
  | {
      kind: 'leave';
      /** A branch to go into, or a node to go to; without both, what follows. */
      branch?: string;
      target?: string;
      output?: JsonObject;
      detail?: JsonObject;
      /** Nothing was done, for the reason in `detail`. */
      isSkipped?: boolean;
    }
  | { kind: 'exit'; reason: string }
  | { kind: 'fail'; reason: string; detail?: JsonObject };

/** A settlement that a node's kind cannot bring: a state from elsewhere. The run fails and says so. */
export function unexpected(settled: { kind: string }): Move {
  return { kind: 'fail', reason: `it heard '${settled.kind}', which it never asked for` };
}

/** A final failure of a perform, in words. */
export function failed(settled: { type: string; message: string }): Move {
  return { kind: 'fail', reason: settled.message, detail: { type: settled.type, message: settled.message } };
}
