import { describe, expect, it } from 'vitest';
import { ModelChange } from '../../../../../contracts/models/models-api.schema.ts';
import { changeOf, valuesOf } from './model-fields.ts';

const facts = {
  url: 'https://models.example/v1',
  price: { input: 0.2, cachedInput: 0.1, output: 0.8, date: '2026-11-01' },
  model: 'qwen3',
  context: 8_192,
  thinking: 0,
  output: 'tool',
} as const;
const own = { facts, keyEndsWith: '1234', setAt: '2026-11-01T00:00:00Z', setBy: null };
const sent = (change: object): unknown => ModelChange.parse(JSON.parse(JSON.stringify(change)));

describe('the form of a model', () => {
  it('asks for what is there where nothing was typed, and leaves the key as it is', () => {
    expect(sent(changeOf(valuesOf(own, '2026-11-02')))).toEqual(facts);
  });

  it('says each way of a price, and a key that is set or given up', () => {
    const empty = { ...valuesOf(null, '2026-11-02'), url: ' https://x.example/v1 ' };
    expect(sent(changeOf(empty))).toEqual({ url: 'https://x.example/v1' });
    expect(sent(changeOf({ ...empty, price: 'free', apiKey: ' sk-1 ' }))).toEqual({
      url: 'https://x.example/v1',
      price: 'free',
      apiKey: 'sk-1',
    });
    const priced = {
      ...empty,
      price: 'given',
      input: '1.5',
      outputPrice: '2',
      isKeyless: true,
      apiKey: 'sk-1',
    } as const;
    expect(sent(changeOf(priced))).toEqual({
      url: 'https://x.example/v1',
      price: { input: 1.5, output: 2, date: '2026-11-02' },
      apiKey: null,
    });
    expect(() => sent(changeOf({ ...priced, input: 'cheap' }))).toThrow(/input/);
  });
});
