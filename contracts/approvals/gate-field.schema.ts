import { z } from 'zod';

/**
 * A whole number that an outcome asks for, from `min` to `max`; it comes as `form[name]`. With `currency` (ISO 4217) it is an amount
 * of money in minor units, which screens ask for and show in major ones.
 */
export const GateField = z
  .strictObject({
    name: z.string(),
    label: z.string(),
    kind: z.literal('integer'),
    min: z.int(),
    max: z.int(),
    currency: z.string().optional(),
  })
  .meta({ id: 'GateField' });
/** A whole number that an outcome asks for. */
export type GateField = z.infer<typeof GateField>;
