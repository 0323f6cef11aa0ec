import { expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { followsIn } from './what-follows.ts';

const approval = {
  id: 'ask',
  kind: 'approval',
  title: 'Ask',
  outcomes: [
    { name: 'stop', steps: [{ id: 'end', kind: 'exit', reason: 'not now' }] },
    { name: 'keep', steps: [] },
  ],
};
const wait = { id: 'wait', kind: 'delay', title: 'Wait a day', for: 'P1D' };

it.each([
  ['the one after the approval', [approval, wait], 'then “Wait a day”'],
  ['the one after what the approval is in', [{ id: 'if', kind: 'if', yes: [approval] }, wait], 'then “Wait a day”'],
  ['none, where the journey ends with it', [approval], 'the journey ends'],
])('says which step follows each outcome of an approval, also of one without steps: %s', (_, steps, keep) => {
  const definition = { steps } as unknown as JourneyDefinition;
  expect([...followsIn('journey', { step: 'ask', content: {}, definition })]).toEqual([
    ['stop', 'the journey ends: not now'],
    ['keep', keep],
  ]);
});

it('names the step to which an outcome leads back by its title (dashboard F13)', () => {
  const again = { name: 'again', steps: [{ id: 'back', kind: 'goTo', target: 'subject' }] };
  const subject = { id: 'subject', kind: 'delay', title: 'Write the subject line', for: 'PT1H' };
  const definition = { steps: [subject, { ...approval, outcomes: [again] }] } as unknown as JourneyDefinition;
  expect([...followsIn('journey', { step: 'ask', content: {}, definition })]).toEqual([
    ['again', 'back to “Write the subject line”'],
  ]);
});

it('says nothing where a kind of run has no words for its gates', () => {
  for (const kind of ['call', 'toString', 'journey'])
    expect([...followsIn(kind, { step: 'ask', content: {}, definition: null })]).toEqual([]);
});
