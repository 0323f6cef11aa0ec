import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ModelQuestion } from '../../contracts/models/actions.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import { readSettings } from '../../platform/config.ts';
import { modelSettings } from '../../platform/models/settings.ts';
import type { LlmRequest } from '../providers/llm/llm-config.ts';
import { CallAborted, ProviderError } from '../providers/provider-error.ts';
import { ask } from './model.activities.ts';
import { createModelThrottles } from './model-throttle.ts';

const models = createModelRegistry(readSettings(modelSettings, {}));
const usage = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 0, isEstimated: false };
const rateState = { remainingRequests: null, remainingTokens: null, resetMs: null };

/** Asks models of which each takes `ms` and gives what cannot be used. */
async function asked(
  params: Partial<ModelQuestion>,
  ms: number,
  answers?: () => Promise<never>,
  signal = new AbortController().signal,
): Promise<{ outcome: unknown; requests: LlmRequest[] }> {
  const requests: LlmRequest[] = [];
  const complete = async (request: LlmRequest) => {
    requests.push(request);
    if (answers) return answers();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const about = { model: request.model, usage, rateState, said: 'no' };
    return request.model === 'stub-large'
      ? { kind: 'malformed' as const, text: 'no', problem: 'it is no JSON', ...about }
      : { kind: 'refusal' as const, reason: 'no', ...about };
  };
  const question = {
    prompt: { kind: 'inline' as const, instructions: 'Answer.' },
    input: {},
    output: { type: 'object' },
    budgetMicros: 1_000_000,
    model: 'stub-small',
    ...params,
  };
  const outcome = await ask(
    { llm: { complete, mostTokens: () => 800 }, models, throttles: createModelThrottles(), model: 'stub-small' },
    { params: question, instructions: 'Answer.' },
    {
      effect: { cost_micros: '0', workspace_id: 'w', step: 's' },
      signal,
    },
  );
  return { outcome, requests };
}

describe('a step that asks models', () => {
  it('counts a call that was given up while the model was at work, as it may have been paid', async () => {
    const late = { kind: 'transient', code: 'llm.timeout', message: 'Late.', mayBePaid: true } as const;
    const { outcome } = await asked({}, 0, () => Promise.reject(new ProviderError(late)));
    expect(outcome).toMatchObject({ kind: 'deferred', error: { code: 'llm.timeout' } });
    expect((outcome as { costMicros: number }).costMicros).toBeGreaterThan(0);
    const { mayBePaid: _, ...refused } = late;
    const other = await asked({}, 0, () => Promise.reject(new ProviderError(refused)));
    expect(other.outcome).toMatchObject({ kind: 'deferred', costMicros: 0 });
  });

  it('writes down what it has paid when its worker stops, also for the call that was under way', async () => {
    const worker = new AbortController();
    const stops = (): Promise<never> => {
      worker.abort(new Error('WORKER_SHUTDOWN'));
      return Promise.reject(new CallAborted(worker.signal.reason));
    };
    const { outcome } = await asked({}, 0, stops, worker.signal);
    expect(outcome).toMatchObject({ kind: 'deferred', error: { code: 'llm.stopped' } });
    expect((outcome as { costMicros: number }).costMicros).toBeGreaterThan(0);
    const before = new AbortController();
    before.abort(new Error('WORKER_SHUTDOWN'));
    await expect(asked({}, 0, stops, before.signal)).rejects.toThrow('WORKER_SHUTDOWN');
  });

  it('ends with what was paid before its activity is cut off, which would be paid again (litellm#41344)', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const done = asked({ fallbackModels: ['stub-large'] }, 39_000);
    await vi.advanceTimersByTimeAsync(200_000);
    const { outcome, requests } = await done;
    expect(requests.map(({ model, timeoutMs }) => [model, timeoutMs])).toEqual([
      ['stub-small', 40_000],
      ['stub-large', 40_000],
      ['stub-large', 17_000],
    ]);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'llm.malformed' } });
    expect((outcome as { costMicros: number }).costMicros).toBeGreaterThan(0);
  });

  it('counts its schema, which is paid like the prompt (python-genai#2959)', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`property${at}`, { type: 'string' }]),
    );
    const { outcome, requests } = await asked({ budgetMicros: 1_000, output: { type: 'object', properties } }, 0);
    expect(requests).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'llm.budget' } });
  });
});
