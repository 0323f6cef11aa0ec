import type { JsonObject, JsonValue } from '../../../../contracts/core/json.ts';
import { isObject } from '../../../../domain/conditions/values.ts';
import { misfitOf, schemaFault } from '../../../../platform/models/answer-schema.ts';
import { ProviderError } from '../../provider-error.ts';
import type { LlmSchema } from '../llm-config.ts';
import { jsonIn } from './read-reply.ts';

const checked = new WeakSet<LlmSchema['schema']>();

/** @throws ProviderError `rejected` if a schema cannot be used; call it before the answer is paid for. */
export function requireCheckable({ schema }: LlmSchema): void {
  if (checked.has(schema)) return;
  const fault = schemaFault(schema as JsonObject);
  if (fault) {
    const message = `The schema of the answer is not understood: ${fault.path === '' ? 'it' : fault.path} ${fault.message}`;
    throw new ProviderError({ kind: 'rejected', code: 'llm.invalid_schema', message });
  }
  checked.add(schema);
}

/** Whether a value satisfies a JSON schema; `problem` names the first place where it does not. */
export type SchemaCheck = { kind: 'ok'; value: unknown } | { kind: 'malformed'; problem: string };

/** So many objects of an answer may have keys that its schema does not know. */
const mostStrangers = 16;

/**
 * Looks for the answer in the places where it may stand: the first value that satisfies the schema. Keys that the schema does not know are
 * dropped, as they cost the rest nothing. @throws ProviderError `rejected` if the schema itself cannot be used
 */
export function checkAnswer(places: readonly string[], asked: LlmSchema): SchemaCheck {
  requireCheckable(asked);
  let problem: string | null = null;
  for (const value of places.flatMap(jsonIn)) {
    const checked = checkValue(value as JsonValue, asked.schema as JsonObject);
    if (checked.kind === 'ok') return checked;
    problem ??= checked.problem;
  }
  return { kind: 'malformed', problem: problem ?? 'it is not JSON' };
}

function checkValue(answer: JsonValue, schema: JsonObject): SchemaCheck {
  let value = answer;
  for (let strangers = 0; ; strangers += 1) {
    const misfit = misfitOf(schema, value);
    if (!misfit) return { kind: 'ok', value };
    if (!misfit.unexpected || strangers === mostStrangers) {
      const place = misfit.path.length === 0 ? 'the answer' : misfit.path.join('.');
      return { kind: 'malformed', problem: `${place}: ${misfit.message}` };
    }
    value = without(value, misfit.path, misfit.unexpected);
  }
}

/** The value without some keys of the object at `path`. */
function without(value: JsonValue, [step, ...path]: readonly string[], keys: readonly string[]): JsonValue {
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === step ? without(item, path, keys) : item));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => step !== undefined || !keys.includes(key));
  return Object.fromEntries(kept.map(([key, part]) => [key, key === step ? without(part ?? null, path, keys) : part]));
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

function isRecord(value: unknown): value is JsonObject {
  return isObject(value as JsonValue | undefined);
}
