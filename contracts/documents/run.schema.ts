import { z } from 'zod';
import { Id } from '../core/values.schema.ts';
import type { RunKindRecord } from '../runs/run-kind.schema.ts';

/** A batch of documents, from its file to its archive. */
export const batchRun = {
  workflow: 'batchWorkflow',
  taskQueue: 'core',
  subject: z.strictObject({ kind: z.literal('batch'), id: Id, rows: z.int() }),
  canRewind: false,
  facts: [],
  canRetry: false,
  canRestart: false,
  onErasure: 'refuse',
} as const satisfies RunKindRecord;
