/** Whose turn it is: one batch of one workspace, with how many slots it may hold at once. */
export type SlotOwner = { workspaceId: string; batchId: string; limit: number };

/** Slots shared by every batch of a process. */
export type FairSlots = {
  /** Resolves with the function that gives the slot back, when it is the owner's turn. */
  take(owner: SlotOwner): Promise<() => void>;
};

type Batch = { limit: number; held: number; waiting: ((release: () => void) => void)[] };

/**
 * At most `total` slots, given out round-robin by workspace and then by batch, so that ten thousand documents of one never keep
 * the ten of another waiting. Within a batch first come, first served, up to its own limit.
 */
export function createFairSlots(total: number): FairSlots {
  // Maps keep their order: the one that was served goes to the end.
  const workspaces = new Map<string, Map<string, Batch>>();
  let held = 0;

  function serve(): void {
    while (held < total) {
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
    if (batch.held === 0 && batch.waiting.length === 0) {
      workspaces.get(workspaceId)?.delete(batchId);
      if (workspaces.get(workspaceId)?.size === 0) workspaces.delete(workspaceId);
    }
    serve();
  }

  return {
    take: ({ workspaceId, batchId, limit }) =>
      new Promise((resolve) => {
        const batches = workspaces.get(workspaceId) ?? new Map<string, Batch>();
        workspaces.set(workspaceId, batches);
        const batch = batches.get(batchId) ?? { limit, held: 0, waiting: [] };
        batches.set(batchId, batch);
        batch.limit = limit;
        batch.waiting.push(resolve);
        serve();
      }),
  };
}

type Turn = { workspaceId: string; batchId: string; batch: Batch; resolve: (release: () => void) => void };

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
