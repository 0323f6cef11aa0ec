import type { IsoDuration } from './journey.ts';
import type { JsonObject, StepChange } from '../core/machine.ts';

/** An event of a script, `after` the start of the run. */
export type ScriptedEvent = { after: IsoDuration; name: string; key?: string; properties?: JsonObject };

/** A decision of a script, `after` its request was opened (at once when left out). */
export type ScriptedDecision = { outcome: string; after?: IsoDuration; comment?: string };

/**
 * What the world does in a simulation. What a script leaves out is assumed, and the simulation says so.
 *
 * - `entry`: the event that starts the run; its name defaults to the journey's first entry
 * - `decisions`: by approval step, one for each visit, the last for all further ones
 * - `answers`: by llm step, in the same way
 * - `failures`: by step, the message with which its outside call fails for good
 */
export type SimulationScript = {
  entry?: { event?: string; key?: string; properties?: JsonObject };
  events?: readonly ScriptedEvent[];
  decisions?: Readonly<Record<string, readonly ScriptedDecision[]>>;
  answers?: Readonly<Record<string, readonly JsonObject[]>>;
  failures?: Readonly<Record<string, string>>;
};

/** A line of a simulated run; instants are virtual. `asks` is what its outside call or its gate was given. */
export type SimulatedStep = Omit<StepChange, 'startedAt'> & { startedAt: string; asks?: JsonObject };

/**
 * A simulated run. `outcome` is the run's own, or `stuck` (it waits for what the script never brings) or `stepLimit`;
 * `entries` and `assumptions` say it in words: which events would not let the person in, or in once more, and what the script left open.
 */
export type Simulation = {
  startedAt: string;
  endedAt: string;
  outcome: 'completed' | 'exited' | 'failed' | 'stuck' | 'stepLimit';
  reason: string;
  steps: SimulatedStep[];
  entries: string[];
  assumptions: string[];
};
