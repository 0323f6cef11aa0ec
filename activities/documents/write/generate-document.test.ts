import { describe, expect, it } from 'vitest';
import { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { LlmMessage, LlmOutcome, ProviderFailure } from '../../../contracts/core/providers.ts';
import type { Letter } from '../../../domain/documents/letter.ts';
import { LeakIndex } from '../../../domain/documents/checks/leak-index.ts';
import type { BatchRecord } from '../../../platform/db/documents/batches.ts';
import { RenderFault } from '../../../platform/render/render-protocol.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { generateBasis, generateDocument, Unfinished, type Ask } from './generate-document.ts';
import { Stopped } from '../stop.ts';

const template = DocumentTemplate.parse({
  name: 'Letter',
  columns: { policy: { identifying: true } },
  slots: { intro: { instruction: 'Thank the reader.', minWords: 2, maxWords: 20 } },
  locked: {},
  body: '{{ slots.intro }}',
});
const options = BatchOptions.parse({
  name: 'B',
  brief: 'Say thanks.',
  template,
  brand: { name: 'Acme' },
  columns: { key: 'policy' },
  model: 'm',
  budgetMicros: 1,
});
const row = { ordinal: 1, line: 2, key: 'P-1', email: null, values: { policy: 'P-1' } };
const batch = { id: 'b', options, template, created_at: new Date(0) } as unknown as BatchRecord;
const basis = generateBasis(batch, new LeakIndex([row], template));

const about = {
  model: 'm',
  usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 0, isEstimated: false },
  rateState: { remainingRequests: null, remainingTokens: null, resetMs: null },
  said: 'what it said',
};
const answer = (intro: string): LlmOutcome => {
  return { kind: 'answer', text: JSON.stringify({ intro }), value: { intro }, ...about };
};
const good = answer('Thank you very much, dear reader.');
const flagged = answer('Thank you very much, {{name}}.');
const malformed: LlmOutcome = { kind: 'malformed', text: 'no', problem: 'it is not JSON', ...about };
const empty: LlmOutcome = { kind: 'empty', ...about };
const fails = (kind: 'rejected' | 'transient'): ProviderError => {
  const failure: ProviderFailure = { kind, code: 'llm.invalid_request', message: 'Refused (400).', words: 'bad field' };
  return new ProviderError(failure);
};

/** The fonts of these tests lack hieroglyphs. */
const glyphsOf = (scope: Letter['scope']): string[] =>
  /\u{13000}/u.test(JSON.stringify(scope.slots)) ? ['\u{13000}'] : [];

type Made = Awaited<ReturnType<typeof generateDocument>> & { prompts: LlmMessage[][] };

/** Writes one document with a model that answers so, one after the other; each call costs 7. */
async function write(
  answers: readonly (LlmOutcome | Error)[],
  render: () => Error | null = () => null,
  insteadOf: string | null = null,
): Promise<Made> {
  const prompts: LlmMessage[][] = [];
  const ask: Ask = ({ messages }) => {
    const next = answers[prompts.length];
    prompts.push(messages);
    return next instanceof Error || !next
      ? Promise.reject(next ?? new Error('asked once too often'))
      : Promise.resolve({ outcome: next, costMicros: 7, insteadOf });
  };
  const renders = {
    render({ scope }: Pick<Letter, 'scope'>) {
      const fault = render();
      if (fault) return Promise.reject(fault);
      return Promise.resolve({
        kind: 'document' as const,
        text: String(scope.slots['intro']),
        missing: glyphsOf(scope),
        html: null,
        pdf: null,
      });
    },
  };
  const made = await generateDocument(basis, row, ask, renders as unknown as Parameters<typeof generateDocument>[3]);
  return { ...made, prompts };
}

describe('what a document cost is never lost, and a draft that can be used stays', () => {
  it.each<[string, (LlmOutcome | Error)[], object]>([
    ['a correction that is refused (bad-then-400)', [flagged, fails('rejected')], { state: 'done', costMicros: 7 }],
    ['a correction that fails (bad-then-500)', [flagged, fails('transient')], { state: 'done', costMicros: 7 }],
    ['a chunk that stops before the correction', [flagged, new Stopped('budget')], { state: 'done', costMicros: 7 }],
    ['a correction that is no answer', [flagged, malformed], { state: 'done', costMicros: 14, repairs: 1 }],
    ['a correction that is good', [flagged, good], { state: 'done', costMicros: 14, findings: [] }],
    ['an answer after one that was none', [malformed, good], { state: 'done', costMicros: 14, findings: [] }],
  ])('%s', async (_, answers, expected) => {
    const made = await write(answers);
    expect(made).toMatchObject(expected);
    expect(made.answers).not.toBeNull();
  });

  it('and a character that no font has is written anew before a person sees it (A10)', async () => {
    const odd = answer('Thank you very much \u{13000}.');
    expect(await write([odd, good])).toMatchObject({ state: 'done', repairs: 1, findings: [] });
    const { findings } = await write([odd, odd]);
    expect(findings).toMatchObject([
      { code: 'glyphs.missing', severity: 'error', message: expect.stringContaining('U+13000') },
    ]);
  });

  it('and the draft is flagged as it was, with why it was not corrected', async () => {
    const { findings } = await write([flagged, fails('rejected')]);
    expect(findings.map(({ code }) => code)).toEqual(['leftovers.template', 'schema.uncorrected']);
  });

  it.each<[string, (LlmOutcome | Error)[], object]>([
    ['two answers that are none', [malformed, empty], { costMicros: 14, error: { words: 'what it said' } }],
    [
      'one that is none and a refusal',
      [malformed, fails('rejected')],
      { costMicros: 7, error: { words: 'bad field' } },
    ],
    ['a refusal at once', [fails('rejected')], { costMicros: 0, error: { code: 'llm.invalid_request' } }],
  ])('where it fails, with the words that say why: %s', async (_, answers, expected) => {
    expect(await write(answers)).toMatchObject({ state: 'failed', answers: null, ...expected });
  });

  it('where a value of its row does not fit the template, before it is paid for', async () => {
    const made = await write([], () => new RenderFault('template.value', 'EURO is no currency'));
    expect(made).toMatchObject({ state: 'failed', costMicros: 0, error: { code: 'template.value' }, prompts: [] });
  });

  it('where its chunk stops, or the machine fails, before there is a draft', async () => {
    const unfinished = await write([malformed, new Stopped('pause')]).catch((error: unknown) => error);
    expect(unfinished).toMatchObject({ made: { state: 'pending', costMicros: 7 }, cause: expect.any(Stopped) });
    const faults = [null, new RenderFault('render.closed', 'closed')];
    const closed = await write([good], () => faults.shift() ?? null).catch((error: unknown) => error);
    expect(closed).toBeInstanceOf(Unfinished);
    expect(closed).toMatchObject({ made: { costMicros: 7 } });
  });
});

it('sends no empty turn of the model back to it (OpenHands#8685)', async () => {
  const { prompts } = await write([empty, good]);
  expect(prompts[1]?.map(({ role }) => role)).toEqual(['system', 'user', 'user']);
  const other = await write([malformed, good]);
  expect(other.prompts[1]?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
});

it('says which model wrote where it was not the one that was wanted, and is not flagged for it', async () => {
  const { findings } = await write([good], undefined, 'b answered instead of a: The account has no credit left.');
  expect(findings).toEqual([
    expect.objectContaining({ code: 'schema.otherModel', severity: 'warning', message: expect.stringMatching(/^b /) }),
  ]);
});
