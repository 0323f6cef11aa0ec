import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderFailure } from '../../contracts/core/providers.ts';
import { createModelThrottle, createModelThrottles, type CallSlot, type ModelThrottle } from './model-throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;
const owner = { workspaceId: 'w', batchId: 'b', limit: 1_000 };
const failure = (kind: 'transient' | 'misconfigured', code: string): ProviderFailure =>
  ({ kind, code, message: 'It fails.' }) as ProviderFailure;
const timeout = failure('transient', 'llm.timeout');
const down = failure('transient', 'llm.unavailable');
const refused = failure('misconfigured', 'llm.unauthorised');
const slowDown = (retryAfterMs: number | null): ProviderFailure => ({
  kind: 'rateLimited',
  code: 'llm.rate_limited',
  message: 'Slow down.',
  retryAfterMs,
});

/** Asks for `count` slots and collects those that are given. */
function asking(throttle: ModelThrottle, count: number): CallSlot[] {
  const given: CallSlot[] = [];
  for (let n = 0; n < count; n += 1) void throttle.enter(owner, never).then((slot) => given.push(slot));
  return given;
}
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const later = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('the pace of a model', () => {
  it('begins with few calls and lets one more in with each answer', async () => {
    const given = asking(createModelThrottle(), 100);
    await settled();
    expect(given).toHaveLength(16);
    given.slice(0, 16).forEach((slot) => slot.answered());
    await settled();
    expect(given).toHaveLength(16 + 32);
  });

  it('halves the calls when they time out, once for those of one pace (vllm#2752, #6009: one slot)', async () => {
    const throttle = createModelThrottle();
    const given = asking(throttle, 100);
    await later(120_000);
    given.splice(0, 4).forEach((slot) => slot.failed(timeout));
    expect(throttle.trouble()).toBeNull();
    given.splice(0, 12).forEach((slot) => slot.answered());
    await settled();
    // 16 halved, and a part of one more for each answer.
    expect(given.length).toBeGreaterThanOrEqual(8);
    expect(given.length).toBeLessThanOrEqual(10);
  });

  it('gives a single call longer where one at a time is still too slow', async () => {
    const throttle = createModelThrottle();
    const given = asking(throttle, 1_000);
    for (let round = 0; round < 8; round += 1) {
      await later(700_000);
      given.splice(0).forEach((slot) => slot.failed(timeout));
    }
    expect(throttle.timeoutMs()).toBe(600_000);
  });

  it('pauses where the service says "0" too (bbot#3446), as it does where it says nothing', async () => {
    const throttle = createModelThrottle();
    const slot = await throttle.enter(owner, never);
    slot.failed(slowDown(0));
    expect(throttle.waitMs()).toBe(2_000);
  });

  it('is that of one model alone: a daily quota stops no other', async () => {
    const throttles = createModelThrottles();
    const slot = await throttles.of('a').enter(owner, never);
    slot.failed(slowDown(86_400_000));
    expect(throttles.of('a').trouble()).toMatchObject({ until: Date.now() + 86_400_000 });
    expect(throttles.of('b').trouble()).toBeNull();
    const [a, b] = [asking(throttles.of('a'), 1), asking(throttles.of('b'), 1)];
    await settled();
    expect([a.length, b.length]).toEqual([0, 1]);
    await later(86_400_002);
    expect(a).toHaveLength(1);
    a[0]?.answered();
    expect(throttles.of('a').trouble()).toBeNull();
  });

  it('says nothing of a short pause, and lets nothing out in it', async () => {
    const throttle = createModelThrottle();
    const slot = await throttle.enter(owner, never);
    slot.failed(slowDown(2_000));
    const given = asking(throttle, 3);
    await later(1_900);
    expect([given.length, throttle.trouble()]).toEqual([0, null]);
    await later(200);
    expect(given).toHaveLength(3);
  });
});

describe('a model in trouble', () => {
  it('is asked by one call at a time until it answers, and then by all (a bad key: paperless-aissist#46, openhikmah#545)', async () => {
    const throttle = createModelThrottle();
    const given = asking(throttle, 60);
    await settled();
    given.splice(0).forEach((slot) => slot.failed(refused));
    expect(throttle.trouble()).toMatchObject({ code: 'llm.unauthorised', until: null });
    for (let round = 0; round < 10; round += 1) {
      await later(61_000);
      expect(given).toHaveLength(1);
      given.pop()?.failed(refused);
    }
    await later(61_000);
    given.pop()?.answered();
    await settled();
    expect(throttle.trouble()).toBeNull();
    expect(given.length).toBeGreaterThan(10);
  });

  it('pauses once for calls that are refused at the same moment, not twice as long for each', async () => {
    const throttle = createModelThrottle();
    const given = asking(throttle, 16);
    await settled();
    given.splice(0).forEach((slot) => slot.failed(refused));
    expect(throttle.waitMs()).toBe(500);
  });

  it('is not one that fails now and then', async () => {
    const throttle = createModelThrottle();
    for (let n = 0; n < 20; n += 1) {
      const slot = await throttle.enter(owner, never);
      if (n % 4 === 0) slot.answered();
      else slot.failed(down);
    }
    expect(throttle.trouble()).toBeNull();
    for (let n = 0; n < 2; n += 1) (await throttle.enter(owner, never)).failed(down);
    expect(throttle.trouble()).toMatchObject({ code: 'llm.unavailable' });
  });

  it('lets go of those that stop waiting', async () => {
    const throttle = createModelThrottle();
    (await throttle.enter(owner, never)).failed(refused);
    const stop = new AbortController();
    const waiting = throttle.enter(owner, stop.signal);
    stop.abort(new Error('the batch is paused'));
    await expect(waiting).rejects.toThrow('the batch is paused');
    const given = asking(throttle, 1);
    await later(1_000);
    expect(given).toHaveLength(1);
  });
});
