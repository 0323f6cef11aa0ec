import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import { journeyLimits } from './limits.ts';

const line = z.string().min(1).max(journeyLimits.line);
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
/** A simulation treats a bad duration as none, but a script with one is refused here. */
const duration = z.iso.duration();
const perVisit = <T extends z.ZodType>(item: T): z.ZodRecord<z.ZodString, z.ZodArray<T>> =>
  z.record(z.string(), z.array(item).min(1).max(journeyLimits.entries));

/** An event of a script: it occurs `after` the start of the run and is received `late` after that (at once when left out). */
const ScriptedEvent = z.strictObject({
  after: duration,
  late: duration.exactOptional(),
  name: line,
  key: line.exactOptional(),
  properties: json.exactOptional(),
});

/** A decision of a script, `after` its request was opened (at once when left out). */
const ScriptedDecision = z.strictObject({
  outcome: line,
  after: duration.exactOptional(),
  comment: line.exactOptional(),
});
/** A decision of a script. */
export type ScriptedDecision = z.infer<typeof ScriptedDecision>;

/** A pause of a script: it begins `after` the start of the run and lasts `for`. */
const ScriptedPause = z.strictObject({ after: duration, for: duration });

/**
 * What the world does in a simulation. What a script leaves out is assumed, and the simulation says so.
 *
 * - `entry`: the event that starts the run; its name defaults to the journey's first entry
 * - `decisions`: by approval step, one for each visit, the last for all further ones
 * - `answers`: by llm step, in the same way
 * - `pauses`: when the run is paused, and for how long
 * - `failures`: by step, the message with which its outside call fails for good
 */
export const SimulationScript = z
  .strictObject({
    entry: z
      .strictObject({ event: line.exactOptional(), key: line.exactOptional(), properties: json.exactOptional() })
      .exactOptional(),
    events: z.array(ScriptedEvent).max(1_000).exactOptional(),
    pauses: z.array(ScriptedPause).max(journeyLimits.entries).exactOptional(),
    decisions: perVisit(ScriptedDecision).exactOptional(),
    answers: perVisit(json).exactOptional(),
    failures: z.record(z.string(), line).exactOptional(),
  })
  .meta({ id: 'SimulationScript' });
/** What the world does in a simulation. */
export type SimulationScript = z.infer<typeof SimulationScript>;
