import { z } from 'zod';
import type { RunKindRecord } from '../runs/run-kind.schema.ts';

/** A contact's passage through a journey's version. */
export const journeyRun = {
  workflow: 'journeyWorkflow',
  taskQueue: 'core',
  subject: z.strictObject({ kind: z.literal('journey'), slug: z.string(), name: z.string(), version: z.int() }),
  canRewind: true,
  facts: ['pause', 'resume'],
  canRetry: true,
  canRestart: true,
  onErasure: 'end',
} as const satisfies RunKindRecord;
