/** A budget that refills evenly: what providers call requests or tokens per minute. */
export interface TokenBucket {
  /** Takes `amount` if it is there. Otherwise takes nothing and returns in how many milliseconds it will be there. */
  take(amount: number): { taken: true } | { taken: false; waitMs: number };
  /** Refunds what was reserved and not used. */
  refund(amount: number): void;
  /** What is there now, and how long until the bucket is full again. */
  look(): { limit: number; remaining: number; resetMs: number };
}

/**
 * Creates a full bucket of `perMinute` with a capacity of `burstSeconds` of it. An amount larger than the capacity is taken
 * when the bucket is full, and leaves a debt, so that one big request is slow and not impossible. `now` is in milliseconds.
 */
export function createTokenBucket(input: { perMinute: number; burstSeconds: number; now?: () => number }): TokenBucket {
  const now = input.now ?? Date.now;
  const perMs = input.perMinute / 60_000;
  const capacity = Math.max(1, (input.perMinute * input.burstSeconds) / 60);
  let level = capacity;
  let at = now();
  const refill = (): void => {
    const time = now();
    level = Math.min(capacity, level + (time - at) * perMs);
    at = time;
  };
  return {
    take(amount) {
      refill();
      const needed = Math.min(amount, capacity);
      // Refilling adds fractions: a billionth short is enough.
      if (level + 1e-9 < needed) return { taken: false, waitMs: Math.ceil((needed - level) / perMs) };
      level -= amount;
      return { taken: true };
    },
    refund(amount) {
      refill();
      level = Math.min(capacity, level + amount);
    },
    look() {
      refill();
      return {
        limit: input.perMinute,
        remaining: Math.max(0, Math.floor(level)),
        resetMs: Math.ceil((capacity - level) / perMs),
      };
    },
  };
}
