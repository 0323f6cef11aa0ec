import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchWith, costOf, installWith, journeyWith, type Installation } from './work-through.ts';

const documents = 200;
const window = 20;
const usage = { inputTokens: 100, outputTokens: 20 };

describe('an installation with a model that aimock plays', () => {
  const mock = new LLMock({ port: 0 });
  const said = (value: object) => ({
    content: JSON.stringify(value),
    usage: { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens },
  });
  mock.onMessage(/"row"/, said({ intro: 'Thank you for your trust in us.' }));
  mock.onMessage(/"name"/, said({ text: 'Hello Ana' }));
  let installation: Installation;
  beforeAll(async () => {
    await mock.start();
    installation = await installWith({ mock: `${mock.url}/v1` });
  });
  afterAll(async () => {
    await installation?.stop();
    await mock.stop();
  });

  /** How many whole answers went out since the journal was emptied. */
  const answers = (): number =>
    mock.getRequests().filter(({ response }) => response.status === 200 && response.chaosAction === undefined).length;

  it.each([
    ['answers all that it is asked', {}],
    [
      'drops, spoils, refuses and breaks off one answer in ten',
      { dropRate: 0.03, malformedRate: 0.02, rateLimitRate: 0.02, disconnectRate: 0.03 },
    ],
  ])(
    `writes ${documents} documents and takes a journey along while it %s`,
    async (_, chaos) => {
      mock.setChaos(chaos).clearRequests();
      const batch = { count: documents, window, review: 'none', withinMs: 600_000 } as const;
      const { run, documents: made, spentMicros } = await batchWith(installation, 'mock', batch);
      expect(made.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(run).toMatchObject({ status: 'completed', outcome: 'completed' });
      expect(made.every(({ rendered }) => rendered === 'done')).toBe(true);
      expect(answers()).toBe(documents);
      expect(spentMicros).toBe(documents * costOf(usage));

      const { run: journey, effect } = await journeyWith(installation, 'mock');
      expect(journey).toMatchObject({ status: 'completed' });
      expect(effect).toMatchObject({ state: 'done', result: { text: 'Hello Ana' }, costMicros: costOf(usage) });
      expect(answers()).toBe(documents + 1);
    },
    900_000,
  );
});
