import { z } from 'zod';
import { ProviderError } from '../../provider-error.ts';
import type { LlmSchema } from '../llm-config.ts';
import { jsonIn } from './read-reply.ts';

type Schema = Record<string, unknown>;
const checkers = new WeakMap<Schema, z.ZodType>();

/** @throws ProviderError `rejected` if a schema cannot be understood; call it before the answer is paid for. */
export function requireCheckable({ schema }: LlmSchema): void {
  checkerOf(schema);
}

/** Whether a value satisfies a JSON schema; `problem` names the first place where it does not. */
export type SchemaCheck = { kind: 'ok'; value: unknown } | { kind: 'malformed'; problem: string };

/**
 * Looks for the answer in the places where it may stand: the first value that satisfies the schema. Keys that the schema does not know are
 * dropped, as they cost the rest nothing. @throws ProviderError `rejected` if the schema itself cannot be understood
 */
export function checkAnswer(places: readonly string[], { schema }: LlmSchema): SchemaCheck {
  const checker = checkerOf(schema);
  let problem: string | null = null;
  for (const value of places.flatMap(jsonIn)) {
    const checked = checkValue(checker, value);
    if (checked.kind === 'ok') return checked;
    problem ??= checked.problem;
  }
  return { kind: 'malformed', problem: problem ?? 'it is not JSON' };
}

function checkValue(checker: z.ZodType, value: unknown): SchemaCheck {
  const checked = checker.safeParse(value);
  if (checked.success) return { kind: 'ok', value };
  const unknown = checked.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  const again = checker.safeParse(unknown.reduce((rest, { path, keys }) => without(rest, path, keys), value));
  if (again.success) return { kind: 'ok', value: again.data };
  const [issue] = again.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  return { kind: 'malformed', problem: `${place}: ${issue?.message ?? 'does not fit the schema'}` };
}

/** The value without some keys of the object at `path`. */
function without(value: unknown, [step, ...path]: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? without(item, path, keys) : item));
  if (!isRecord(value)) return value;
  if (step === undefined) return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  return { ...value, [step]: without(value[String(step)], path, keys) };
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
