import { z } from 'zod';
import { ProviderError } from '../../provider-error.ts';
import type { LlmSchema } from '../llm-config.ts';

type Schema = Record<string, unknown>;
const checkers = new WeakMap<Schema, z.ZodType>();

/** @throws ProviderError `rejected` if a schema cannot be understood; call it before the answer is paid for. */
export function requireCheckable({ schema }: LlmSchema): void {
  checkerOf(schema);
}

/** Whether a value satisfies a JSON schema; `problem` names the first place where it does not. */
export type SchemaCheck = { kind: 'ok'; value: unknown } | { kind: 'malformed'; problem: string };

/**
 * Reads an answer as JSON and checks it against the schema that was asked for. A fence of Markdown around it is taken off, since
 * servers without structured output tend to add one.
 * @throws ProviderError `rejected` if the schema itself cannot be understood
 */
export function checkAnswer(text: string, { schema }: LlmSchema): SchemaCheck {
  const value = parseJson(text.replace(/^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/, '$1'));
  if (value === undefined) return { kind: 'malformed', problem: 'The answer is not JSON.' };
  const checked = checkerOf(schema).safeParse(value);
  if (checked.success) return { kind: 'ok', value };
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  return { kind: 'malformed', problem: `${place}: ${issue?.message ?? 'does not fit the schema'}` };
}

/**
 * Whether OpenAI takes a schema as strict: every object lists all of its properties as required and allows no others.
 * Others are sent as a hint only.
 */
export function isStrictSchema(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictSchema);
  if (!isRecord(schema)) return true;
  if (isRecord(schema['properties'])) {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const isComplete = Object.keys(schema['properties']).every((name) => required.has(name));
    if (schema['additionalProperties'] !== false || !isComplete) return false;
  }
  return Object.values(schema).every(isStrictSchema);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkerOf(schema: Schema): z.ZodType {
  const known = checkers.get(schema);
  if (known !== undefined) return known;
  try {
    const checker = z.fromJSONSchema(schema);
    checkers.set(schema, checker);
    return checker;
  } catch (error) {
    const message = `The schema of the answer is not understood: ${error instanceof Error ? error.message : String(error)}`;
    throw new ProviderError({ kind: 'rejected', code: 'llm.invalid_schema', message }, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
