import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { LlmOutcome } from '../../../../contracts/core/providers.ts';
import { limitFields, outputModes, type ModelProfile } from '../../../../contracts/models/profile.ts';
import { usualThinkingTokens } from '../../../../platform/models/model-registry.ts';
import { countTokens } from '../count-tokens.ts';
import type { LlmRequest, LlmSchema } from '../llm-config.ts';
import { firstDialect, mostTokens, roomIn, type ChatBody, type Dialect } from './dialect.ts';
import { isStrictSchema } from './json-schema.ts';
import type { ModelRefusal } from './llm-failure.ts';

/** The statuses with which servers refuse a parameter; some fail with 500 and say the same. */
const statuses = new Set([400, 404, 422, 500, 501]);
/** What these mean is certain. */
const otherReasons = ['llm.quota_spent', 'llm.content_filter'];

const aboutOutput = {
  json_schema: /response.?format|json.?schema|response.?schema|structured.?output|grammar|guided|\bschema\b/i,
  json_object: /response.?format|json.?object|json.?mode/i,
  tool: /\btools?\b|tool.?choice|function.?call/i,
  text: null,
};
const aboutRoles = /roles? must alternate|system.{0,20}role|role.{0,40}system|expected last role/i;
const aboutAmount = /too (?:large|big|high)|at most|exceed|maximum|less than|range|between|[<>] ?=? ?\d/i;
const aboutContext = /context.{0,20}?(?:length|size|window)\D{0,40}(\d[\d,]*)/i;

/**
 * The next dialect to try after a refusal of `body`, or null where that is not about how the request was put. Each has less than the one
 * before, so that trying ends.
 */
export function afterRefusal(
  dialect: Dialect,
  body: ChatBody,
  refusal: ModelRefusal,
  request: LlmRequest,
): Dialect | null {
  const { status, about, failure } = refusal;
  if (!statuses.has(status) || otherReasons.includes(failure.code)) return null;
  // A page for people is of what stands before the service, which knows no parameters.
  if (/^\s*<(?:!doctype|html)/i.test(about)) return null;
  const [, context] = aboutContext.exec(about) ?? [];
  if (context !== undefined) return withinContext(dialect, numberOf(context), request);
  const { limit, output, without } = dialect;
  if (limit !== 'none' && isNamed(limit, about)) {
    const bound = aboutAmount.test(about) ? largestBelow(Number(body[limit]), refusal) : null;
    return bound === null ? withoutLimit(dialect) : { ...dialect, outputTokens: bound };
  }
  const refused = Object.keys(body).filter((name) => !isNeeded(name) && isNamed(name, about));
  if (refused.length > 0) return { ...dialect, without: [...without, ...refused] };
  if (dialect.hasRoles && aboutRoles.test(about)) return { ...dialect, hasRoles: false };
  if (request.jsonSchema === undefined || !aboutOutput[output]?.test(about)) return null;
  if (output === 'json_schema' && dialect.isStrict && isStrictSchema(request.jsonSchema.schema))
    return { ...dialect, isStrict: false };
  return { ...dialect, output: outputModes[outputModes.indexOf(output) + 1] ?? 'text' };
}

/** Above this an answer that is still cut off has another reason. */
const mostThinkingTokens = 32_768;

/** What an answer, which has been paid, says about how to ask the next time. */
export function afterAnswer(dialect: Dialect, request: LlmRequest, outcome: LlmOutcome): Dialect {
  const { outputTokens, isEstimated } = outcome.usage;
  const hasThought = (): boolean => 'text' in outcome && outputTokens > 2 * countTokens(outcome.text);
  if (outcome.kind === 'truncated' && hasThought()) return withMoreRoom(dialect);
  // A server that keeps answers to a schema never gives one that does not fit.
  const isLoose = outcome.kind === 'malformed' && request.jsonSchema !== undefined;
  if (isLoose && !dialect.isTold) return { ...dialect, isTold: true };
  const isUnlimited = !isEstimated && outputTokens > 1.1 * mostTokens(dialect, request) + 10;
  if (!isUnlimited || dialect.limit !== 'max_completion_tokens') return dialect;
  return withoutLimit(hasThought() ? withMoreRoom(dialect) : dialect);
}

function withMoreRoom(dialect: Dialect): Dialect {
  const more = Math.max(usualThinkingTokens, 2 * dialect.thinkingTokens);
  return { ...dialect, thinkingTokens: Math.min(more, mostThinkingTokens) };
}

/** What the process has found out about its models, for an hour each: a server is changed, and a proxy errs. */
export type Dialects = {
  /** How a model is asked for an answer of `schema`, or for words. */
  of(name: string, profile: ModelProfile, schema?: LlmSchema): Dialect;
  /**
   * Keeps what a call found out that began with `begun`, unless another was quicker. How an answer is asked for is kept for its schema alone: a
   * service that cannot read one schema may keep to all others.
   */
  learn(name: string, begun: Dialect, found: Dialect, schema?: LlmSchema): void;
};

type Asking = Pick<Dialect, 'output' | 'isStrict'>;

const keptModels = 500;
const keptMs = 3_600_000;

/** Opens the memory of one service, by the names under which its models are asked for. */
export function createDialects(): Dialects {
  const known = new LRUCache<string, Dialect>({ max: keptModels, ttl: keptMs });
  const asking = new LRUCache<string, Asking>({ max: keptModels, ttl: keptMs });
  return {
    of(name, profile, schema) {
      const found = known.get(name) ?? firstDialect(profile);
      if (!known.has(name)) known.set(name, found);
      return { ...found, ...asking.get(idOf(name, schema)) };
    },
    learn(name, begun, found, schema) {
      if (found === begun) return;
      const { output, isStrict } = found;
      if (output !== begun.output || isStrict !== begun.isStrict) asking.set(idOf(name, schema), { output, isStrict });
      const kept = known.get(name);
      if (kept === undefined) return;
      const [before, now, after] = [begun, kept, found].map((each) => ({ ...each, ...firstAsking }));
      if (isDeepStrictEqual(before, now) && !isDeepStrictEqual(now, after))
        known.set(name, { ...found, output: kept.output, isStrict: kept.isStrict });
    },
  };
}

/** To compare the rest. */
const firstAsking = { output: 'json_schema', isStrict: true } as const satisfies Asking;

/** A batch has one schema for all of its documents. */
const hashes = new WeakMap<LlmSchema['schema'], Map<string, string>>();

function idOf(name: string, schema: LlmSchema | undefined): string {
  if (schema === undefined) return name;
  const known = hashes.get(schema.schema) ?? new Map<string, string>();
  hashes.set(schema.schema, known);
  const hash = known.get(schema.name) ?? createHash('sha256').update(JSON.stringify(schema)).digest('hex');
  known.set(schema.name, hash);
  return `${name} ${hash}`;
}

/** Null: the prompt and the answer alone are too long, or the bound was known. */
function withinContext(dialect: Dialect, contextTokens: number, request: LlmRequest): Dialect | null {
  if (dialect.contextTokens !== null && dialect.contextTokens <= contextTokens) return null;
  const next = { ...dialect, contextTokens };
  return roomIn(next, request) < request.maxOutputTokens ? null : next;
}

function withoutLimit(dialect: Dialect): Dialect {
  const without = [...dialect.without, dialect.limit];
  return { ...dialect, without, limit: limitFields.find((field) => !without.includes(field)) ?? 'none' };
}

/** The bound among the numbers of a refusal that asks for fewer tokens; less than an answer has is none. */
function largestBelow(sent: number, { status, about }: ModelRefusal): number | null {
  const numbers = [...about.matchAll(/\d[\d,]*/g)].map(([digits]) => numberOf(digits));
  const bounds = numbers.filter((number) => number >= 64 && number < sent && number !== status);
  return bounds.length === 0 ? null : Math.max(...bounds);
}

function numberOf(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}

/** Whether a refusal speaks of a field. Names that are words of English too have to stand in quotes, or before a colon. */
function isNamed(field: string, about: string): boolean {
  const name = field.replaceAll(/[^\w]/g, '.');
  return new RegExp(field.includes('_') ? `(?<!\\w)${name}(?!\\w)` : `["'\`]${name}\\\\?["'\`]|^${name}:`, 'm').test(
    about,
  );
}

/** Fields that are asked for in another way instead of left out. */
function isNeeded(field: string): boolean {
  return ['model', 'messages', 'response_format', 'tools', ...limitFields].includes(field);
}
