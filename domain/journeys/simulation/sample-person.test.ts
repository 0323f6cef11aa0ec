import { describe, expect, it } from 'vitest';
import { sampleJourney } from '../../../test/support/journeys.ts';
import { samplePersonOf } from './sample-person.ts';

describe('a made-up person', () => {
  it('has every fact that the journey asks for, so that its first branch is taken', () => {
    const definition = sampleJourney('asks', {
      steps: [
        {
          kind: 'if',
          id: 'is-pro',
          when: {
            kind: 'all',
            of: [
              {
                kind: 'compare',
                op: 'equals',
                left: { kind: 'entry', path: ['plan'] },
                right: { kind: 'literal', value: 'pro' },
              },
              {
                kind: 'compare',
                op: 'greaterThan',
                left: { kind: 'contact', path: ['address', 'floor'] },
                right: { kind: 'literal', value: 3 },
              },
              { kind: 'exists', value: { kind: 'contact', path: ['firstName'] } },
              { kind: 'exists', value: { kind: 'contact', path: ['externalId'] } },
            ],
          },
          yes: [],
        },
      ],
    });
    expect(samplePersonOf(definition)).toEqual({
      contact: { name: 'Sample Person', address: { floor: 3 }, firstName: '…' },
      entry: { plan: 'pro' },
    });
  });

  it('has what is compared, though a step before names the same fact', () => {
    const plan = { kind: 'entry' as const, path: ['plan'] };
    const steps = [
      { kind: 'if' as const, id: 'a', when: { kind: 'exists' as const, value: plan }, yes: [] },
      {
        kind: 'if' as const,
        id: 'b',
        when: {
          kind: 'compare' as const,
          op: 'equals' as const,
          left: plan,
          right: { kind: 'literal' as const, value: 'pro' },
        },
        yes: [],
      },
    ];
    expect(samplePersonOf(sampleJourney('later', { steps })).entry).toEqual({ plan: 'pro' });
  });

  it('has a name and no more where nothing is asked, and keeps to what was said first', () => {
    expect(samplePersonOf(sampleJourney('plain'))).toEqual({ contact: { name: 'Sample Person' }, entry: {} });
    const ask = (path: string[]) => ({ kind: 'exists' as const, value: { kind: 'contact' as const, path } });
    const steps = [
      { kind: 'if' as const, id: 'a', when: { kind: 'all' as const, of: [ask(['a']), ask(['a', 'b'])] }, yes: [] },
    ];
    expect(samplePersonOf(sampleJourney('clash', { steps })).contact).toEqual({ name: 'Sample Person', a: '…' });
  });
});
