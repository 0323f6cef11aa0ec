import type { Db } from '../../platform/db/core/pool.ts';
import { isBadValue, outlastOutage } from '../../platform/db/core/failures.ts';
import type { Checkpoint, Written } from '../../platform/db/documents/documents.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';

/** Another attempt has taken the chunk over: this one's work on the document does not count. */
export class ClaimLost extends Error {}

/** Writes the checkpoints of one chunk; see `createCheckpointer`. */
export type Checkpointer = {
  /** Resolves when the checkpoint is committed. @throws ClaimLost */
  save(checkpoint: Checkpoint): Promise<void>;
  /** What the batch has spent, as of the last flush. */
  spentMicros(): number;
  /** What the batch may spend, as of the last flush. */
  budgetMicros(): number;
};

/** What the checkpoints of one chunk share; `write` writes them for its attempt, `signal` ends that. */
export type CheckpointBasis = {
  db: Db;
  workspaceId: string;
  write(tx: Tx, checkpoints: Checkpoint[]): Promise<Written>;
  budget: { spentMicros: number; budgetMicros: number };
  signal: AbortSignal;
};

type Pending = { checkpoint: Checkpoint; resolve: () => void; reject: (error: unknown) => void };

/** So long a checkpoint waits for others. What was paid is only in memory until then; that a document was begun nobody waits for. */
const gatherMs = { begun: 50, made: 20 };

/**
 * Gathers the checkpoints that come shortly after each other, or while one transaction is under way, and writes them in one. A flush with a value that Postgres refuses is split until that document is alone, which then fails with
 * what it cost; while Postgres cannot be asked the flush waits for it, since what was paid is only in memory until then.
 */
export function createCheckpointer({
  db,
  workspaceId,
  write: writeAll,
  budget,
  signal,
}: CheckpointBasis): Checkpointer {
  let known = budget;
  let pending: Pending[] = [];
  let isFlushing = false;
  let timer: NodeJS.Timeout | null = null;
  let isSoon = false;

  /** Has what is pending written: soon where something was made, else when others may have come. */
  function gather(): void {
    const hasMade = pending.some(({ checkpoint }) => checkpoint.kind !== 'begun');
    if (isFlushing || pending.length === 0 || (timer && (isSoon || !hasMade))) return;
    if (timer) clearTimeout(timer);
    isSoon = hasMade;
    timer = setTimeout(() => void flush(), hasMade ? gatherMs.made : gatherMs.begun);
  }

  async function flush(): Promise<void> {
    const group = pending;
    [pending, timer, isFlushing] = [[], null, true];
    await write(group);
    isFlushing = false;
    gather();
  }

  async function write(group: readonly Pending[]): Promise<void> {
    try {
      const written = await commit(group.map(({ checkpoint }) => checkpoint));
      for (const { checkpoint, resolve, reject } of group) {
        if (written.has(checkpoint.ordinal)) resolve();
        else reject(new ClaimLost(`Document ${checkpoint.ordinal} was claimed by another attempt`));
      }
    } catch (error) {
      const [first] = group;
      const bare = isBadValue(error) && first !== undefined ? withoutContent(first.checkpoint) : null;
      if (bare !== null && first !== undefined && group.length === 1) return write([{ ...first, checkpoint: bare }]);
      if (!isBadValue(error) || group.length === 1) return group.forEach(({ reject }) => reject(error));
      const half = Math.ceil(group.length / 2);
      await write(group.slice(0, half));
      await write(group.slice(half));
    }
  }

  async function commit(checkpoints: Checkpoint[]): Promise<Set<number>> {
    const { written, ...spend } = await outlastOutage(signal, () =>
      inWorkspace(db, workspaceId, (tx) => writeAll(tx, checkpoints)),
    );
    known = spend;
    return written;
  }

  return {
    save: (checkpoint) =>
      new Promise((resolve, reject) => {
        pending.push({ checkpoint, resolve, reject });
        gather();
      }),
    spentMicros: () => known.spentMicros,
    budgetMicros: () => known.budgetMicros,
  };
}

/** The checkpoint of a document whose content cannot be stored: that it failed, and what it cost. Null where there is nothing to leave out. */
function withoutContent(checkpoint: Checkpoint): Checkpoint | null {
  const error = { code: 'document.unstorable', message: 'What was made of this row cannot be stored' };
  if (checkpoint.kind === 'begun' || checkpoint.error?.['code'] === error.code) return null;
  if (checkpoint.kind === 'rendered') return { ...checkpoint, state: 'failed', files: null, error };
  const { kind, ordinal, repairs } = checkpoint;
  const costMicros = Math.ceil(Number(checkpoint.costMicros) || 0);
  const left = { answers: null, findings: [], contentHash: null, usage: null, isFlagged: false };
  return { kind, ordinal, state: 'failed', ...left, costMicros, repairs, error };
}
