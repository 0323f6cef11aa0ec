import { describe, expect, it } from 'vitest';
import type { Reentry } from '../../contracts/journeys/journey.schema.ts';
import type { Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import { sampleJourney } from '../../test/support/journeys.ts';
import { admit, isEntered, type EarlierRun } from './entry.ts';

describe('an event', () => {
  const event = {
    id: 'e1',
    name: 'signed.up',
    key: 'k1',
    properties: { plan: 'pro' },
    occurredAt: '2026-03-27T09:00:00.000Z',
    receivedAt: '2026-03-27T09:00:01.000Z',
  };
  const equals = (left: ValueExpression, value: string): Condition => ({
    kind: 'compare',
    op: 'equals',
    left,
    right: { kind: 'literal', value },
  });
  const isPro = equals({ kind: 'event', path: ['plan'] }, 'pro');
  const isPortuguese = equals({ kind: 'contact', path: ['country'] }, 'PT');

  it.each([
    ['has the name of an entry', [{ event: 'signed.up' }], {}, true],
    ['has another name', [{ event: 'logged.in' }], {}, false],
    ['is meant by the second entry', [{ event: 'logged.in' }, { event: 'signed.up' }], {}, true],
    ['has the properties that the filter asks for', [{ event: 'signed.up', filter: isPro }], {}, true],
    ['is of a contact that the filter means', [{ event: 'signed.up', filter: isPortuguese }], { country: 'PT' }, true],
    ['is of another contact', [{ event: 'signed.up', filter: isPortuguese }], { country: 'ES' }, false],
    ['has the key', [{ event: 'signed.up', key: { kind: 'literal', value: 'k1' } }], {}, true],
    ['has another key', [{ event: 'signed.up', key: { kind: 'literal', value: 'k2' } }], {}, false],
    [
      'is compared with a key that is not there',
      [{ event: 'signed.up', key: { kind: 'contact', path: ['x'] } }],
      {},
      false,
    ],
  ] as const)('that %s', (_name, entry, contact, expected) => {
    expect(isEntered(sampleJourney('entered', { entry: [...entry] }), event, contact)).toBe(expected);
  });
});

describe('the re-entry policy', () => {
  const run = (runId: string, key: string | null, isLive: boolean, hasFailed = false): EarlierRun => {
    return { runId, key, isLive, hasFailed };
  };
  const failed = [run('f', 'k1', false, true)];
  const ended = [run('a', 'k1', false), run('b', null, false)];
  const live = [...ended, run('c', 'k2', true)];

  it.each<[Reentry, string | null, EarlierRun[], string]>([
    ['once', 'k1', [], 'admitted as '],
    ['once', 'k3', ended, 'refused by a'],
    ['afterExit', 'k1', [], 'admitted as #1'],
    ['afterExit', 'k1', ended, 'admitted as #3'],
    ['afterExit', 'k1', live, 'refused by c'],
    ['perKey', 'k1', [], 'admitted as /k1'],
    ['perKey', null, [], 'admitted as /'],
    ['perKey', 'k3', live, 'admitted as /k3'],
    ['perKey', 'k1', ended, 'refused by a'],
    ['perKey', null, live, 'refused by b'],
    ['once', 'k1', failed, 'admitted as ~1'],
    ['once', 'k1', [...failed, run('g', 'k1', true)], 'refused by g'],
    ['once', 'k1', [...failed, run('g', 'k1', false, true)], 'admitted as ~2'],
    ['afterExit', 'k1', failed, 'admitted as #2'],
    ['perKey', 'k1', failed, 'admitted as ~1/k1'],
    ['perKey', 'k2', failed, 'admitted as /k2'],
    ['perKey', 'k1', [...failed, run('g', 'k1', false)], 'refused by g'],
  ])('%s with the key %s, and a failed run keeps nobody out (journeys F4): %#', (reentry, key, earlier, expected) => {
    const admission = admit(reentry, key, earlier);
    expect(admission.kind === 'admitted' ? `admitted as ${admission.suffix}` : `refused by ${admission.by.runId}`).toBe(
      expected,
    );
  });
});
