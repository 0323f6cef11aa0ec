import { z } from 'zod';
import { comparisons, type Condition as ConditionData, type ValueExpression as Expression } from './conditions.ts';
import { journeyLimits } from './limits.ts';

const path = z.array(z.string().min(1).max(journeyLimits.line)).max(journeyLimits.path);
/** A path that names something; the whole of a contact or an event is never asked for. */
const ownPath = path.min(1);
const stepId = z.string().max(journeyLimits.line);

/** The schema of `ValueExpression`. */
export const ValueExpression: z.ZodType<Expression> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('literal'), value: z.json() }),
      z.strictObject({ kind: z.literal('contact'), path: ownPath }),
      z.strictObject({ kind: z.literal('entry'), path: ownPath }),
      z.strictObject({ kind: z.literal('entryKey') }),
      z.strictObject({ kind: z.literal('output'), step: stepId, path }),
      z.strictObject({ kind: z.literal('event'), path: ownPath }),
      z.strictObject({
        kind: z.literal('firstOf'),
        values: z.array(ValueExpression).min(1).max(journeyLimits.entries),
      }),
      z.strictObject({ kind: z.literal('text'), parts: z.array(ValueExpression).max(journeyLimits.entries) }),
      z.strictObject({ kind: z.literal('object'), fields: valueFields() }),
    ]),
  )
  .meta({ id: 'ValueExpression' });

/** Values under names, as variables, inputs and attributes are given. */
export function valueFields(): z.ZodType<Record<string, Expression>> {
  return z
    .record(z.string().min(1).max(journeyLimits.line), ValueExpression)
    .refine((fields) => Object.keys(fields).length <= journeyLimits.entries, 'Too many fields');
}

/** The schema of `Condition`. */
export const Condition: z.ZodType<ConditionData> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('compare'),
        op: z.enum(comparisons),
        left: ValueExpression,
        right: ValueExpression,
      }),
      z.strictObject({ kind: z.literal('exists'), value: ValueExpression }),
      z.strictObject({ kind: z.literal('all'), of: z.array(Condition).max(journeyLimits.entries) }),
      z.strictObject({ kind: z.literal('any'), of: z.array(Condition).max(journeyLimits.entries) }),
      z.strictObject({ kind: z.literal('not'), condition: Condition }),
    ]),
  )
  .meta({ id: 'Condition' });
