import { describe, expect, it } from 'vitest';
import type { ProviderFailure } from '../../contracts/core/providers.ts';
import { outcomeOf, ProviderError } from './provider-error.ts';

function failed({
  kind,
  retryAfterMs = null,
}: {
  kind: ProviderFailure['kind'];
  retryAfterMs?: number | null;
}): ProviderError {
  return new ProviderError({ kind, code: 'x.y', message: 'm', retryAfterMs } as ProviderFailure);
}

describe('outcomeOf', () => {
  it.each([
    [{ kind: 'transient' }, 'keyed', { kind: 'deferred' }],
    [{ kind: 'rateLimited', retryAfterMs: 90_000 }, 'repeatable', { kind: 'deferred', retryAfterMs: 90_000 }],
    [{ kind: 'rejected' }, 'keyed', { kind: 'rejected' }],
    [{ kind: 'ambiguous' }, 'keyed', { kind: 'deferred' }],
    [{ kind: 'ambiguous' }, 'repeatable', { kind: 'deferred' }],
    [{ kind: 'ambiguous' }, 'atMostOnce', { kind: 'unknown' }],
    [{ kind: 'misconfigured' }, 'keyed', { kind: 'deferred', retryAfterMs: 60_000 }],
  ] as const)('%j of a %s effect', (failure, mode, expected) => {
    expect(outcomeOf(failed(failure), mode)).toEqual({ error: { code: 'x.y', message: 'm' }, ...expected });
  });

  it('leaves out the wait that a service did not name', () => {
    expect(outcomeOf(failed({ kind: 'rateLimited' }), 'keyed')).not.toHaveProperty('retryAfterMs');
  });

  it('throws on what no adapter has classified', () => {
    const bug = new TypeError('a mistake of ours');
    expect(() => outcomeOf(bug, 'keyed')).toThrow(bug);
  });
});
