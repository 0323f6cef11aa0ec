import { expect, it } from 'vitest';
import { saidBy, whyPutOff } from './step-trouble.ts';

const error = { code: 'llm.unauthorised', message: 'The model service refused the API key (401).', words: 'expired' };
const step = (
  state: 'done' | 'deferred' | 'rejected',
  given: typeof error | null = error,
): Parameters<typeof saidBy>[0] => ({
  effects: [
    { state: 'done', error: null },
    { state, error: given },
  ],
});

it('says why a call is made again, and what the service said', () => {
  expect([whyPutOff(step('deferred')), saidBy(step('deferred'))]).toEqual([error.message, 'expired']);
  expect([whyPutOff(step('rejected')), saidBy(step('rejected'))]).toEqual([null, 'expired']);
  expect([whyPutOff(step('done', null)), saidBy(step('done', null))]).toEqual([null, null]);
});

it('cuts what was said to a line', () => {
  expect(saidBy(step('deferred', { ...error, words: 'x'.repeat(2_000) }))).toHaveLength(200);
});
