import { z } from 'zod';
import type { SimulationScript as Script } from './simulation.ts';
import { journeyLimits } from './limits.ts';

const line = z.string().min(1).max(journeyLimits.line);
const json = z.record(z.string(), z.json());
/** A simulation treats a bad duration as none, but a script with one is refused here. */
const duration = z.iso.duration();
const perVisit = <T extends z.ZodType>(item: T): z.ZodRecord<z.ZodString, z.ZodArray<T>> =>
  z.record(z.string(), z.array(item).min(1).max(journeyLimits.entries));

/** The schema of `SimulationScript`. */
export const SimulationScript: z.ZodType<Script> = z
  .strictObject({
    entry: z
      .strictObject({ event: line.exactOptional(), key: line.exactOptional(), properties: json.exactOptional() })
      .exactOptional(),
    events: z
      .array(
        z.strictObject({ after: duration, name: line, key: line.exactOptional(), properties: json.exactOptional() }),
      )
      .max(1_000)
      .exactOptional(),
    decisions: perVisit(
      z.strictObject({ outcome: line, after: duration.exactOptional(), comment: line.exactOptional() }),
    ).exactOptional(),
    answers: perVisit(json).exactOptional(),
    failures: z.record(z.string(), line).exactOptional(),
  })
  .meta({ id: 'SimulationScript' });
