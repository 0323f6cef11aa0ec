/** The part of a batch's budget that is reserved for one call. `set` says what it cost; `release` comes when that is written down. */
export type BudgetHold = { set(micros: number): void; release(): void };

/** The budgets of the batches of a process, as far as they are reserved; see `createBudgets`. */
export type Budgets = {
  /**
   * Reserves `micros` where they fit. Where they do not, it waits for other reservations of the batch to end, so that a small budget means
   * fewer calls at once. @returns null where no call is under way and they still do not fit
   */
  hold(batch: BudgetedBatch, micros: number, signal: AbortSignal): Promise<BudgetHold | null>;
};

/** A batch with what it may spend and has spent; both are asked for again each time. In millionths of a US dollar. */
export type BudgetedBatch = { id: string; spentMicros(): number; budgetMicros(): number };

type Reserved = {
  held: Map<object, { micros: number; isOpen: boolean }>;
  waiting: Set<() => void>;
  spentMicros: number;
};

/** Reserves before each call what it may cost at most, so that calls in flight together never exceed the budget. */
export function createBudgets(): Budgets {
  const batches = new Map<string, Reserved>();
  return {
    async hold(batch, micros, signal) {
      const entry: Reserved = batches.get(batch.id) ?? { held: new Map(), waiting: new Set(), spentMicros: 0 };
      batches.set(batch.id, entry);
      const { held, waiting } = entry;
      const changed = (): void => waiting.forEach((go) => go());
      const forget = (): boolean => held.size === 0 && waiting.size === 0 && batches.delete(batch.id);
      // What a batch has spent only grows, and each of its chunks has seen a part of it.
      const seen = (): number => (entry.spentMicros = Math.max(entry.spentMicros, batch.spentMicros()));
      for (;;) {
        signal.throwIfAborted();
        const reserved = [...held.values()].reduce((sum, call) => sum + call.micros, 0);
        if (seen() + reserved + micros <= batch.budgetMicros()) break;
        if (![...held.values()].some((call) => call.isOpen)) {
          forget();
          return null;
        }
        await new Promise<void>((resolve) => {
          const go = (): void => {
            waiting.delete(go);
            signal.removeEventListener('abort', go);
            resolve();
          };
          waiting.add(go);
          signal.addEventListener('abort', go, { once: true });
        });
      }
      const key = {};
      held.set(key, { micros, isOpen: true });
      return {
        set(actual) {
          held.set(key, { micros: actual, isOpen: false });
          changed();
        },
        release() {
          seen();
          held.delete(key);
          changed();
          forget();
        },
      };
    },
  };
}
