import { expect, it } from 'vitest';
import type { ApprovalNode } from '../../contracts/journeys/nodes.schema.ts';
import { followsIn } from './what-follows.ts';

it('says what follows each outcome of a journey’s approval, also of one without steps', () => {
  const outcomes: ApprovalNode['outcomes'] = [
    { name: 'stop', steps: [{ id: 'end', kind: 'exit', reason: 'not now' }] },
    { name: 'keep', steps: [] },
  ];
  expect([...followsIn('journey', { step: 'ask', content: {}, node: { outcomes } })]).toEqual([
    ['stop', 'the journey ends: not now'],
    ['keep', 'the journey goes on'],
  ]);
});
