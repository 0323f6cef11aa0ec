import { countTokens } from '../../activities/providers/llm/count-tokens.ts';
import type { LlmFault } from '../control/faults.schema.ts';
import type { ChatRequest } from './chat.schema.ts';
import { readFacts } from './facts.ts';
import { fillSchema } from './fill-schema.ts';
import { createProse } from './prose.ts';
import { createSeed } from './seed.ts';

/** One finished answer: its content or refusal, why it ended, and its length in tokens. */
export interface Answer {
  content: string | null;
  refusal: string | null;
  finishReason: 'stop' | 'length' | 'content_filter';
  outputTokens: number;
}

/** The content faults, which change what is said and not how it travels. */
const contentFaults: readonly string[] = [
  'cutContent',
  'wrongSchema',
  'refusal',
  'empty',
  'length',
  'contentFilter',
  'placeholder',
  'inventedNumber',
  'insertText',
];

/** Whether a fault is one of the content faults. */
export function isContentFault(fault: LlmFault): boolean {
  return contentFaults.includes(fault.fault);
}

/** Answers a chat request, the same way each time for the same `hash`; `fault` spoils it on purpose. */
export function composeAnswer(input: { request: ChatRequest; hash: string; fault: LlmFault | undefined }): Answer {
  const { request, fault } = input;
  const honest = compose(request, input.hash, fault);
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  switch (fault?.fault) {
    case 'refusal':
      return answer({ refusal: 'I cannot help with that request.' });
    case 'empty':
      return answer({ content: '' });
    case 'contentFilter':
      return answer({ content: '', finishReason: 'content_filter' });
    case 'length':
      return answer({ content: firstPart(honest), finishReason: 'length' });
    case 'cutContent':
      return answer({ content: firstPart(honest) });
    case 'wrongSchema':
      return answer({ content: JSON.stringify({ answer: 42, note: 'This is not the shape you asked for.' }) });
    default:
      break;
  }
  if (countTokens(honest) <= limit) return answer({ content: honest });
  return answer({ content: firstPart(honest), finishReason: 'length' });
}

/** Messages as plain texts, in order. */
export function textsOf(request: ChatRequest): string[] {
  return request.messages.map(({ content }) =>
    typeof content === 'string' ? content : content.map((part) => part.text).join('\n'),
  );
}

function compose(request: ChatRequest, hash: string, fault: LlmFault | undefined): string {
  const seed = createSeed(hash);
  const facts = readFacts(textsOf(request));
  const prose = createProse({ facts, seed });
  const format = request.response_format;
  const spoil = (text: string): string => (fault === undefined ? text : `${text} ${spoilerOf(fault)}`.trim());
  if (format?.type === 'json_schema') {
    const value = fillSchema({ schema: format.json_schema.schema, facts, prose, seed });
    return JSON.stringify(spoilLongest(value, spoil));
  }
  const text = prose.long(facts.row.length, true);
  return format?.type === 'json_object' ? JSON.stringify({ text: spoil(text) }) : spoil(text);
}

function spoilerOf(fault: LlmFault): string {
  switch (fault.fault) {
    case 'placeholder':
      return 'See you soon, {{firstName}}.';
    case 'inventedNumber':
      return 'Your reference number is 48,213.77.';
    case 'insertText':
      return fault.text;
    default:
      return '';
  }
}

/** Puts the spoiler into the longest string of the value, which is where a reader would look last. */
function spoilLongest(value: unknown, spoil: (text: string) => string): unknown {
  const longest = stringsIn(value).toSorted((left, right) => right.length - left.length)[0];
  if (longest === undefined) return value;
  let isDone = false;
  const visit = (each: unknown): unknown => {
    if (typeof each === 'string' && each === longest && !isDone) {
      isDone = true;
      return spoil(each);
    }
    if (Array.isArray(each)) return each.map(visit);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function firstPart(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function answer(part: { content?: string; refusal?: string; finishReason?: Answer['finishReason'] }): Answer {
  const said = part.content ?? part.refusal ?? '';
  return {
    content: part.content ?? null,
    refusal: part.refusal ?? null,
    finishReason: part.finishReason ?? 'stop',
    outputTokens: said === '' ? 0 : countTokens(said),
  };
}
