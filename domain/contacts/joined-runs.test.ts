import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endedByJoining, type RunOfTwo } from './joined-runs.ts';

const run = (runId: string, contactId: string, more: Partial<RunOfTwo> = {}): RunOfTwo => ({
  runId,
  contactId,
  journeyId: 'journey',
  key: null,
  isLive: true,
  hasFailed: false,
  reentry: 'once',
  mails: 0,
  begunAt: runId,
  ...more,
});

describe('which runs end when two contacts become one', () => {
  it('keeps the run that has sent more mails, else the first', () => {
    expect(endedByJoining([run('1', 'a'), run('2', 'b')])).toEqual([{ runId: '2', by: '1' }]);
    expect(endedByJoining([run('1', 'a'), run('2', 'b', { mails: 1 })])).toEqual([{ runId: '1', by: '2' }]);
  });

  it('lets a run give way to one that has ended, where the journey is entered once', () => {
    const ended = { isLive: false };
    expect(endedByJoining([run('1', 'a', { mails: 3 }), run('2', 'b', ended)])).toEqual([{ runId: '1', by: '2' }]);
    const again = { reentry: 'afterExit' } as const;
    expect(endedByJoining([run('1', 'a', again), run('2', 'b', { ...again, ...ended })])).toEqual([]);
  });

  it('counts no run that failed, of another journey, or of another key where there is one for each', () => {
    expect(endedByJoining([run('1', 'a', { isLive: false, hasFailed: true }), run('2', 'b')])).toEqual([]);
    expect(endedByJoining([run('1', 'a'), run('2', 'b', { journeyId: 'other' })])).toEqual([]);
    const perKey = { reentry: 'perKey' } as const;
    expect(endedByJoining([run('1', 'a', { ...perKey, key: 'x' }), run('2', 'b', { ...perKey, key: 'y' })])).toEqual(
      [],
    );
    expect(endedByJoining([run('1', 'a', { ...perKey, key: 'x' }), run('2', 'b', { ...perKey, key: 'x' })])).toEqual([
      { runId: '2', by: '1' },
    ]);
  });

  it('gives the same, whichever of the two stays and in whatever order they are looked at, and ends no run for one that ends', () => {
    const someRun = fc.record({
      contactId: fc.constantFrom('a', 'b'),
      journeyId: fc.constantFrom('j', 'k'),
      key: fc.constantFrom(null, 'x'),
      isLive: fc.boolean(),
      mails: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(someRun, { maxLength: 6 }),
        fc.constantFrom('once' as const, 'afterExit' as const, 'perKey' as const),
        (parts, reentry) => {
          const runs = parts.map((part, at) => run(String(at), part.contactId, { ...part, reentry }));
          const ending = endedByJoining(runs);
          expect(endedByJoining(runs.toReversed())).toEqual(ending);
          const swapped = runs.map((one) => ({ ...one, contactId: one.contactId === 'a' ? 'b' : 'a' }));
          expect(endedByJoining(swapped)).toEqual(ending);
          const gone = new Set(ending.map(({ runId }) => runId));
          expect(ending.filter(({ by }) => gone.has(by))).toEqual([]);
          const stay = runs.filter(({ runId, isLive }) => isLive && !gone.has(runId));
          for (const { journeyId, key } of stay) {
            const beside = stay.filter(
              (one) => one.journeyId === journeyId && (reentry !== 'perKey' || one.key === key),
            );
            expect(new Set(beside.map(({ contactId }) => contactId)).size).toBe(1);
          }
        },
      ),
    );
  });
});
