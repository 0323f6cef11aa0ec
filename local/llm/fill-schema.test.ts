import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFacts } from './facts.ts';
import { fillSchema } from './fill-schema.ts';
import { createProse } from './prose.ts';
import { createSeed, sha256 } from './seed.ts';
import { unlimited } from '../../test/support/properties.ts';

function fill(schema: z.ZodType, prompt = ''): unknown {
  const facts = readFacts([prompt]);
  const seed = createSeed(sha256(prompt));
  const json: Record<string, unknown> = { ...z.toJSONSchema(schema) };
  return fillSchema({ schema: json, facts, prose: createProse({ facts, seed }), seed });
}

const leaf: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.constantFrom<z.ZodType>(
    z.boolean(),
    z.null(),
    z.string(),
    z.email(),
    z.iso.date(),
    z.iso.datetime(),
    z.url(),
    z.uuid(),
  ),
  fc.tuple(fc.nat(80), fc.nat(300)).map(([least, more]) =>
    z
      .string()
      .min(least)
      .max(least + more),
  ),
  fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(100)).map(([least, more]) =>
    z
      .int()
      .min(least)
      .max(least + more),
  ),
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 5 })).map(([least, more]) =>
    z
      .number()
      .gt(least)
      .lt(least + more),
  ),
  fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }).map((options) => z.enum(options)),
);
const { schema: anySchema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .dictionary(fc.constantFrom('subject', 'body', 'name', 'score', 'items', 'tone'), tie('schema'), { maxKeys: 4 })
      .map((shape) => z.strictObject(shape)),
    fc.tuple(tie('schema'), fc.nat(3), fc.nat(3)).map(([item, least, more]) =>
      z
        .array(item)
        .min(least)
        .max(least + more),
    ),
    tie('schema').map((inner) => inner.nullable()),
    fc.tuple(tie('schema'), tie('schema')).map(([one, other]) => z.union([one, other])),
  ),
}));

describe('fillSchema', () => {
  it('satisfies any schema it is asked for', unlimited, () => {
    fc.assert(
      fc.property(anySchema, fc.string(), (schema, prompt) => {
        const result = schema.safeParse(fill(schema, prompt));
        expect(result.error?.issues ?? []).toEqual([]);
      }),
    );
  });

  it('ends a schema that refers to itself', () => {
    const Tree: z.ZodType = z.object({
      title: z.string(),
      get children() {
        return z.array(Tree);
      },
    });
    expect(Tree.safeParse(fill(Tree)).success).toBe(true);
  });

  it('takes values from the row by name, whatever the spelling of the key', () => {
    const Letter = z.object({ first_name: z.string(), amountDue: z.number(), tier: z.enum(['basic', 'pro']) });
    const prompt = 'Write to {"row":{"First name":"Ana","amount_due":129.5,"tier":"pro"}} please.';
    expect(fill(Letter, prompt)).toEqual({ first_name: 'Ana', amountDue: 129.5, tier: 'pro' });
  });

  it('says every fact of the row once over the long texts, and no number that is not in it', () => {
    const Letter = z.object({ subject: z.string(), intro: z.string(), body: z.string() });
    const row = {
      firstName: 'Ana',
      plan: 'Gold',
      renewalDate: '2026-02-01',
      premium: 318.2,
      city: 'Lisbon',
      id: 'x-1',
    };
    const text = JSON.stringify(fill(Letter, JSON.stringify({ row })));
    for (const fact of ['Ana', 'Gold', '2026-02-01', '318.2', 'Lisbon']) expect(text).toContain(fact);
    expect(text.replaceAll(/2026-02-01|318\.2/g, '')).not.toMatch(/\d/);
  });

  it('writes whole sentences, also where there is little room, and no sentence twice in an answer', () => {
    const Letter = z.object({
      opening: z.string().describe('Thank the reader for their trust.'),
      reminders: z.array(z.string()).min(3).max(3),
      body: z.string(),
      note: z.string().min(61).max(110),
    });
    const row = { first_name: 'Ana', premium: 318.2, renews_on: '2026-02-01', active: true };
    const answer = Letter.parse(fill(Letter, `Letters about a renewal. ${JSON.stringify({ row })}`));
    expect(answer.opening).toMatch(/^(Thank you for|We are glad)/);
    expect(new Set(answer.reminders).size).toBe(3);
    for (const text of [answer.opening, ...answer.reminders, answer.note, answer.body])
      expect(text).toMatch(/^[A-Z].*[^\s,;][.!?]$/);
    expect(answer.body).toContain('It renews on 2026-02-01.');
    expect(answer.body).toMatch(/^Dear Ana, .* With kind regards\.$/);
  });

  it('writes a heading where there is room for no more, about what the prompt is about', () => {
    const Subject = z.object({ text: z.string().max(80) });
    const { text } = Subject.parse(fill(Subject, 'Write a friendly welcome mail. {"name":"Ana","plan":"pro"}'));
    expect(['Welcome, Ana', 'Good to have you with us, Ana', 'Your first steps, Ana']).toContain(text);
  });

  it('writes in the language of the row', () => {
    const Letter = z.object({ body: z.string() });
    expect(JSON.stringify(fill(Letter, '{"name":"Uwe","language":"de"}'))).toContain('Guten Tag Uwe');
  });
});
