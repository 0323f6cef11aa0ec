import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';
import { unlimited } from '../../test/support/properties.ts';

describe('createTokenBucket', () => {
  it('never gives out more than its capacity and what has flowed in since', unlimited, () => {
    const step = fc.record({ waitMs: fc.nat(2_000), amount: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6_000 }), fc.array(step, { maxLength: 60 }), (perMinute, steps) => {
        let now = 0;
        const bucket = createTokenBucket({ perMinute, burstSeconds: 30, now: () => now });
        const capacity = Math.max(1, perMinute / 2);
        let taken = 0;
        for (const { waitMs, amount } of steps) {
          now += waitMs;
          if (amount <= capacity && bucket.take(amount).taken) taken += amount;
          expect(taken).toBeLessThanOrEqual(capacity + (now * perMinute) / 60_000 + 1e-6);
        }
      }),
    );
  });

  it('has what was refused after the time it named, and not before', () => {
    let now = 0;
    const bucket = createTokenBucket({ perMinute: 60, burstSeconds: 10, now: () => now });
    expect(bucket.take(10)).toEqual({ taken: true });
    expect(bucket.take(3)).toEqual({ taken: false, waitMs: 3_000 });
    now = 2_999;
    expect(bucket.take(3).taken).toBe(false);
    now = 3_000;
    expect(bucket.take(3).taken).toBe(true);
  });

  it('lets one request above its capacity pass when full, and makes the next one wait for it', () => {
    let now = 0;
    const bucket = createTokenBucket({ perMinute: 60, burstSeconds: 10, now: () => now });
    expect(bucket.take(25).taken).toBe(true);
    expect(bucket.look()).toMatchObject({ remaining: 0, resetMs: 25_000 });
    now = 15_000;
    expect(bucket.take(1)).toEqual({ taken: false, waitMs: 1_000 });
  });

  it('takes back what was reserved and not used, up to its capacity', () => {
    const bucket = createTokenBucket({ perMinute: 60, burstSeconds: 10, now: () => 0 });
    bucket.take(8);
    bucket.refund(5);
    expect(bucket.look().remaining).toBe(7);
    bucket.refund(50);
    expect(bucket.look().remaining).toBe(10);
  });
});
