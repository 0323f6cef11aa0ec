import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Facts } from '../conditions/values.ts';
import type { JourneyState, Opened } from './state.ts';

/**
 * What a node may look at. `at` is the instant at which the run reached this point, from which waits are counted; `now` is the
 * turn's own time, which is later when the run catches up, and holds for what is about to happen outside. `memory` is what this visit
 * keeps.
 */
export type Scope = {
  definition: JourneyDefinition;
  state: JourneyState;
  facts: Facts;
  memory: JsonObject;
  at: string;
  now: string;
  /** The zone chain's answer: contact, journey, workspace. */
  zone: string;
  workspaceZone: string;
};

/** The visit stays open as it is, and keeps this. */
export type Stay = { kind: 'stay'; memory: JsonObject };

/**
 * What a node does next: ask for something (opening `branches` forks), stay, leave, end the run, or give up. Leaving joins its branches:
 * what still runs in them is dropped.
 */
export type NodeResult =
  | { kind: 'open'; opened: Opened; memory?: JsonObject }
  | Stay
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

/** A result that a node of this kind cannot have: the state comes from elsewhere. The run fails and says so. */
export function unexpected(result: { kind: string }): NodeResult {
  return { kind: 'fail', reason: `it received '${result.kind}', which it never asked for` };
}

/** A final failure of an action, in words. */
export function failed(result: { type: string; message: string }): NodeResult {
  return { kind: 'fail', reason: result.message, detail: { type: result.type, message: result.message } };
}
