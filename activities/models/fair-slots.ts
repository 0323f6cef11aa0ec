/** Whose turn it is: one batch of one workspace, with how many slots it may hold at once. */
export type SlotOwner = { workspaceId: string; batchId: string; limit: number };

/** Slots shared by every batch of a process. */
export type FairSlots = {
  /** Resolves with the function that gives the slot back, when it is the owner's turn. @throws the signal's reason if that comes first */
  take(owner: SlotOwner, signal?: AbortSignal): Promise<() => void>;
  /** To be called when there are more slots than before. */
  serve(): void;
};

type Waiter = (release: () => void) => void;
type Batch = { limit: number; held: number; waiting: Waiter[] };

/**
 * At most `total()` slots, given out round-robin by workspace and then by batch, so that ten thousand documents of one never keep
 * the ten of another waiting. Within a batch first come, first served, up to its own limit.
 */
export function createFairSlots(total: () => number): FairSlots {
  // Maps keep their order: the one that was served goes to the end.
  const workspaces = new Map<string, Map<string, Batch>>();
  let held = 0;

  function serve(): void {
    while (held < total()) {
      const next = nextTurn(workspaces);
      if (!next) return;
      held += 1;
      next.batch.held += 1;
      next.resolve(once(() => release(next.workspaceId, next.batchId, next.batch)));
    }
  }

  function release(workspaceId: string, batchId: string, batch: Batch): void {
    held -= 1;
    batch.held -= 1;
    forget(workspaceId, batchId, batch);
    serve();
  }

  function forget(workspaceId: string, batchId: string, batch: Batch): void {
    if (batch.held > 0 || batch.waiting.length > 0) return;
    workspaces.get(workspaceId)?.delete(batchId);
    if (workspaces.get(workspaceId)?.size === 0) workspaces.delete(workspaceId);
  }

  return {
    serve,
    take: ({ workspaceId, batchId, limit }, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const batches = workspaces.get(workspaceId) ?? new Map<string, Batch>();
        workspaces.set(workspaceId, batches);
        const batch = batches.get(batchId) ?? { limit, held: 0, waiting: [] };
        batches.set(batchId, batch);
        batch.limit = limit;
        const leave = (): void => {
          batch.waiting = batch.waiting.filter((waiter) => waiter !== enter);
          forget(workspaceId, batchId, batch);
          reject(signal?.reason as Error);
        };
        const enter: Waiter = (free) => {
          signal?.removeEventListener('abort', leave);
          resolve(free);
        };
        signal?.addEventListener('abort', leave, { once: true });
        batch.waiting.push(enter);
        serve();
      }),
  };
}

type Turn = { workspaceId: string; batchId: string; batch: Batch; resolve: Waiter };

/** Takes the next waiting caller that may go, and moves its workspace and batch to the end of the line. */
function nextTurn(workspaces: Map<string, Map<string, Batch>>): Turn | null {
  for (const [workspaceId, batches] of workspaces) {
    for (const [batchId, batch] of batches) {
      if (batch.held >= batch.limit) continue;
      const resolve = batch.waiting.shift();
      if (!resolve) continue;
      batches.delete(batchId);
      batches.set(batchId, batch);
      workspaces.delete(workspaceId);
      workspaces.set(workspaceId, batches);
      return { workspaceId, batchId, batch, resolve };
    }
  }
  return null;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
