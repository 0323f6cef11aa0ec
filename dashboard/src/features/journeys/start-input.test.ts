import { expect, it } from 'vitest';
import { sampleJourney } from '../../../../test/support/journeys.ts';
import { inputAsked, missingInput } from './start-input.ts';

it('a start by hand asks for what the journey reads of its entry event, and for nothing else (dashboard F5)', () => {
  const subject = { kind: 'entry', path: ['plan'] } as const;
  const mail = { id: 'hello', kind: 'email', content: { kind: 'inline', subject, markdown: 'Hi' } } as const;
  const asked = inputAsked(sampleJourney('asked', { steps: [mail] }));
  expect(asked).toEqual(['plan']);
  expect(inputAsked(sampleJourney('plain'))).toEqual([]);
  expect(missingInput(asked, {})).toEqual(['plan']);
  expect(missingInput(asked, { plan: '' })).toEqual(['plan']);
  expect(missingInput(asked, null)).toEqual(['plan']);
  expect(missingInput(asked, { plan: 'pro' })).toEqual([]);
  for (const plan of [0, null]) expect(missingInput(asked, { plan })).toEqual([]);
});
