import { describe, expect, it } from 'vitest';
import { schemaText } from './schema-text.ts';

describe('a schema as text', () => {
  it.each<[unknown, string]>([
    [{ type: 'string' }, 'string'],
    [{ type: 'string', format: 'uuid' }, 'string (uuid)'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer | null'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
    [{ $ref: '#/components/schemas/Gate' }, 'Gate'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [name]: number }'],
    [
      { type: 'object', required: ['id'], properties: { id: { type: 'string', description: 'yours' }, note: {} } },
      '{\n  id: string   // yours\n  note?: anything\n}',
    ],
  ])('%j', (schema, text) => expect(schemaText(schema)).toBe(text));
});
