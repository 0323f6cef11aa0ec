import { expect, it } from 'vitest';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { answerTokens } from '../../domain/documents/prompt/document-prompt.ts';
import { estimateOf } from './estimate-batch.ts';

const template = DocumentTemplate.parse({
  name: 'T',
  columns: {},
  slots: { intro: { instruction: 'Greet.', minWords: 10, maxWords: 100 } },
  body: '{{ slots.intro }}',
});
const price = { inputMicros: 1_000_000, outputMicros: 4_000_000, cachedInputMicros: 0 };
const estimate = (repairs: number, promptTokens = 5_000) =>
  estimateOf(
    { options: { window: 10, repairs } as BatchOptions, template, rows: 10 },
    { promptTokens, thinkingTokens: 0, price },
  );

it.each([0, 1, 2])(
  'is at most what each answer costs with its %i corrections, each asked for with what was wrong',
  (repairs) => {
    const { high } = answerTokens(template);
    const { costMicros, answerTokens: tokens } = estimate(repairs);
    const prompts = 500 * (1 + repairs) + high * repairs;
    expect(tokens.high).toBe(10 * high * (1 + repairs));
    expect(costMicros.high).toBeGreaterThanOrEqual(10 * (prompts + 4 * high * (1 + repairs)));
    expect(costMicros.high).toBeLessThan(10 * (prompts + 300 * repairs + 4 * high * (1 + repairs)) + 1);
  },
);

it('is nothing where no model is asked', () => {
  expect(estimate(2, 0).costMicros).toEqual({ low: 0, expected: 0, high: 0 });
});
