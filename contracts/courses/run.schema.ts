import { z } from 'zod';
import { Id } from '../core/values.schema.ts';
import type { RunKindRecord } from '../runs/run-kind.schema.ts';

/** A learner's attempt at a course run. */
export const enrollmentRun = {
  workflow: 'enrollmentWorkflow',
  taskQueue: 'core',
  subject: z.strictObject({
    kind: z.literal('enrollment'),
    id: Id,
    course: z.string(),
    run: z.string(),
    title: z.string(),
  }),
  canRewind: false,
  facts: ['seatAnswer', 'payment', 'progress', 'seatOffered', 'offerAnswer', 'ineligible', 'datesMoved', 'moreTime'],
  canRetry: true,
  canRestart: false,
  onErasure: 'refuse',
} as const satisfies RunKindRecord;
