import type { z } from 'zod';
import type { QueueName } from '../core/queues.ts';

/**
 * All that is said of one kind of run outside its machine. What the machine reads and writes is the kind's `RunKind` in
 * `activities/<feature>/`; `worker/compose.ts` binds the two.
 */
export type RunKindRecord = {
  /** The type of its workflow, which every history has. */
  workflow: string;
  /** The queue on which its workflow and its turns run. */
  taskQueue: QueueName;
  /** What a run of this kind is about, as its page links to it; `kind` is the run's own. */
  subject: z.ZodObject<{ kind: z.ZodLiteral<string> }>;
  /** Whether people are offered to go back to an earlier turn: only a machine that keeps what it needs for it. */
  canRewind: boolean;
  /** Whether a run of this kind that failed, or was terminated, can go on: its machine does once more what failed. */
  canRetry: boolean;
  /** Whether what an ended run was for can be begun anew, by another run. */
  canRestart: boolean;
  /**
   * The kinds of messages by which the outside tells what has happened. A rewind does not undo that: those it goes back behind are received
   * again. Commands of people, such as a withdrawal, are undone by it. Stored events that a run waits for need no name here: it listens anew.
   */
  facts: readonly string[];
  /**
   * What the erasure of its contact does to a live run. `end`: it ends at once, emptied. `refuse`: it is about money or seats and must
   * be ended by its own rules first.
   */
  onErasure: 'end' | 'refuse';
};
