import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localContext } from './local-model.ts';
import { startLocalModel, type LocalModelServer } from './local-model-server.ts';
import { batchWith, costOf, installWith, journeyWith, type Installation } from './work-through.ts';

/** It writes about 25 tokens in a second of one core. */
const documents = 6;
const model = 'smollm2';

describe('an installation with a small language model, which writes badly and counts truly', () => {
  let server: LocalModelServer;
  let installation: Installation;
  // The first time its weights and its program are fetched.
  beforeAll(async () => {
    server = await startLocalModel();
    installation = await installWith({ [model]: server.url }, { context: localContext });
  }, 900_000);
  afterAll(async () => {
    await installation?.stop();
    await server?.close();
  });

  it('writes a batch: each text is stored, each token counted once, and what does not fit is shown to a person', async () => {
    const batch = { count: documents, window: 2, withinMs: 2_400_000 };
    const { run, documents: made, spentMicros, gates } = await batchWith(installation, model, batch);
    const { answered } = server;
    expect(made).toHaveLength(documents);
    // A document was asked for once, and once more for each correction; no question was answered twice.
    expect(answered).toHaveLength(made.reduce((sum, { repairs }) => sum + 1 + repairs, 0));
    expect(new Set(answered.map(({ body }) => JSON.stringify(body.messages))).size).toBe(answered.length);
    const paid = answered.reduce((sum, { answer }) => sum + costOf(answer), 0);
    // A call that was given up on a busy machine may have been paid, and is counted by an estimate.
    if (server.left() === 0) expect(spentMicros).toBe(paid);
    else expect(spentMicros).toBeGreaterThan(paid);
    for (const { usage, cost_micros: cost } of made)
      expect(Number(cost)).toBe(costOf(usage as { inputTokens: number; outputTokens: number }));
    const texts = answered.map(({ answer }) => answer.text);
    for (const { generated, answers, error, findings, is_flagged: isFlagged } of made) {
      if (generated === 'done')
        expect(texts.some((text) => text.includes(JSON.stringify((answers as { intro: string }).intro)))).toBe(true);
      else
        expect([generated, error]).toMatchObject([
          'failed',
          { code: expect.stringMatching(/^schema\./), words: expect.any(String) },
        ]);
      if (isFlagged) expect(findings).not.toEqual([]);
    }
    const flagged = made.filter((each) => each.is_flagged);
    process.stdout.write(
      `${documents} documents, ${flagged.length} before a person, ${answered.length} answers, ${server.left()} calls given up\n`,
    );
    expect(gates).toEqual(['approve-estimate', ...(flagged.length > 0 ? ['review'] : [])]);
    const isDelivered = made.some(({ rendered }) => rendered === 'done');
    expect(run.status).toBe(isDelivered ? 'completed' : 'failed');
  }, 2_700_000);

  it('answers a step of a journey, whose cost is that of the tokens it counted', async () => {
    const [before, leftBefore] = [server.answered.length, server.left()];
    const { run, effect } = await journeyWith(installation, model);
    const asked = server.answered.slice(before);
    const paid = asked.reduce((sum, { answer }) => sum + costOf(answer), 0);
    if (server.left() === leftBefore) expect(effect.costMicros).toBe(paid);
    else expect(effect.costMicros).toBeGreaterThan(paid);
    expect(asked.length).toBeGreaterThan(0);
    if (effect.state === 'done') {
      expect(run.status).toBe('completed');
      expect(effect.result).toEqual(JSON.parse(asked.at(-1)?.answer.text ?? ''));
    } else {
      expect([run.status, effect.state]).toEqual(['failed', 'rejected']);
      expect(effect.error).toMatchObject({ code: expect.stringMatching(/^llm\./), words: expect.any(String) });
    }
  }, 600_000);
});
