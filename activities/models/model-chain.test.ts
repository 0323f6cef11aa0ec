import { describe, expect, it } from 'vitest';
import type { ProviderFailure } from '../../contracts/core/providers.ts';
import { createModelChain, type ModelChain } from './model-chain.ts';
import { createModelThrottle, type ModelThrottle } from './model-throttle.ts';

const down: ProviderFailure = { kind: 'misconfigured', code: 'llm.unauthorised', message: 'The key is refused (401).' };
const owner = { workspaceId: 'w', batchId: 'b', limit: 10 };

/** A chain of three models on a clock that the test moves. */
function open(): { chain(): ModelChain; of(model: string): ModelThrottle; later(ms: number): void } {
  let nowMs = 1_000;
  const known = new Map(['a', 'b', 'c'].map((model) => [model, createModelThrottle(() => nowMs)]));
  const of = (model: string): ModelThrottle => known.get(model) ?? expect.unreachable(model);
  return { chain: () => createModelChain(['a', 'b', 'c'], { of }), of, later: (ms) => void (nowMs += ms) };
}

const fails = async (throttle: ModelThrottle): Promise<void> =>
  (await throttle.enter(owner, new AbortController().signal)).failed(down);

describe('a chain of models', () => {
  it('is the first one as long as it is well', () => {
    const chain = open().chain();
    expect([chain.next(), chain.insteadOf('a')]).toEqual(['a', null]);
  });

  it('goes to the next that is well, and says why', async () => {
    const { chain, of } = open();
    await fails(of('a'));
    await fails(of('b'));
    const question = chain();
    expect(question.next()).toBe('c');
    expect(question.insteadOf('c')).toBe('c answered instead of a: The key is refused (401).');
  });

  it('asks one that is down again with one question when its pause is over, and goes back to it when it answers', async () => {
    const { chain, of, later } = open();
    await fails(of('a'));
    expect(chain().next()).toBe('b');
    later(500);
    expect(chain().next()).toBe('a');
    const trial = await of('a').enter(owner, new AbortController().signal);
    expect(chain().next()).toBe('b');
    trial.answered();
    expect(chain().next()).toBe('a');
  });

  it('waits for the first where all are down', async () => {
    const { chain, of } = open();
    for (const model of ['a', 'b', 'c']) await fails(of(model));
    expect(chain().next()).toBe('a');
  });

  it('asks a model that is named twice once, so that its refusals come to an end (litellm#35303)', () => {
    const { of } = open();
    const question = createModelChain(['a', 'b', 'a', 'b'], { of });
    expect([question.refusedBy('a', 'No.'), question.next()]).toEqual([true, 'b']);
    expect(question.refusedBy('b', 'No.')).toBe(false);
    expect(createModelChain(['a', 'a'], { of }).refusedBy('a', 'No.')).toBe(false);
  });

  it('leaves out those that refused this question alone, but never the last', () => {
    const { chain } = open();
    const question = chain();
    expect(question.refusedBy('a', 'The prompt is too long.')).toBe(true);
    expect(question.next()).toBe('b');
    expect(question.insteadOf('b')).toBe('b answered instead of a: The prompt is too long.');
    expect(question.refusedBy('b', 'No.')).toBe(true);
    expect([question.refusedBy('c', 'No.'), question.next()]).toEqual([false, 'c']);
    expect(chain().next()).toBe('a');
  });
});
