/** Tokens as a service reported them; null where it did not, or said nothing that can be a count. */
export type ReportedUsage = { inputTokens: number | null; outputTokens: number | null; cachedTokens: number };

/** What a model said, whatever shape its service gave it. */
export type Completion = {
  kind: 'completion';
  model: string | null;
  /** The words of the answer, without what the model thought. */
  text: string;
  /** Where else an answer in JSON may stand: the arguments of a tool call, then what the model thought. */
  elsewhere: string[];
  refusal: string | null;
  end: 'stop' | 'length' | 'filter';
  usage: ReportedUsage;
};

/**
 * What came from a model service with status 200. `error`: it says itself that it failed, `code` as it gave it. `unreadable`: no
 * completion at all. `words` are its own, at most `mostWords` characters.
 */
export type ModelReply =
  Completion | { kind: 'error'; code: string; words: string } | { kind: 'unreadable'; words: string };

/** How much of another's words is kept: enough to see what went wrong. */
export const mostWords = 2_000;

/** Reads the body of a reply: one JSON completion, or the events of a stream that nobody asked for. Never throws. */
export function readReply(body: string): ModelReply {
  const text = body.replace(/^\uFEFF/, '').trim();
  const value = parse(text);
  // Google's answers stand in a list of their own where they are errors.
  const parts: unknown[] = value === undefined ? eventsOf(text) : Array.isArray(value) ? value : [value];
  for (const part of parts) {
    const error = errorOf(part);
    if (error) return error;
  }
  const choices = parts.flatMap(choiceOf);
  if (choices.length === 0) return { kind: 'unreadable', words: excerpt(text.replaceAll(/<[^>]{0,200}>/g, ' ')) };
  const end = choices.map(endOf).findLast((each) => each !== '') ?? '';
  const broken = choices.findLast((choice) => brokenEnds.has(endOf(choice)));
  if (broken) return brokenOff(broken);
  const messages = choices.map((choice) => record(choice['message'] ?? choice['delta'] ?? choice));
  const said = messages.map((message) => contentOf(message['content'] ?? message['text'])).join('');
  const thought = messages.map((message) => thoughtOf(message)).join('');
  const refusal = messages.map((message) => string(message['refusal']) + refusalIn(message['content'])).join('');
  return {
    kind: 'completion',
    model: parts.map((part) => string(record(part)['model'])).find((each) => each !== '') ?? null,
    text: cleanText(withoutThought(said)).trim(),
    elsewhere: [messages.map(argumentsOf).join(''), thought].filter((each) => each !== ''),
    refusal: refusal === '' ? null : excerpt(refusal),
    end: ends[end] ?? 'stop',
    usage: usageOf(parts.map((part) => record(record(part)['usage'])).findLast((each) => Object.keys(each).length > 0)),
  };
}

/** In small letters, up to what follows the first word. */
const ends: Readonly<Record<string, Completion['end']>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  content_filter: 'filter',
  safety: 'filter',
  recitation: 'filter',
  blocklist: 'filter',
  prohibited_content: 'filter',
  spii: 'filter',
  sensitive: 'filter',
};
/** Ends of an answer that the service itself did not finish: what it holds by then is no answer of the model. */
const brokenEnds = new Set(['error', 'network_error', 'abort']);

/** Why an answer ended: Google has `SAFETY`, and `content_filter: RECITATION`. */
function endOf(choice: Record<string, unknown>): string {
  const given = string(choice['finish_reason'] ?? choice['done_reason']);
  return /^\w+/.exec(given.toLowerCase())?.[0] ?? '';
}

/** A service that lost the model in the middle of an answer says so beside it, with a status of its own at best. */
function brokenOff(choice: Record<string, unknown>): ModelReply {
  const { code, message } = record(choice['error']);
  const words = string(message) || `The answer ended with ${endOf(choice)}.`;
  return { kind: 'error', code: typeof code === 'number' ? String(code) : '502', words: excerpt(words) };
}

/** How often the beginning of an object is looked for in text that is not JSON as a whole. */
const mostTries = 20;

/**
 * The values that may be the answer in a text that should be JSON, the likeliest first: the text itself, then each object that stands in
 * it, the last first, as models put words, thoughts and fences of all shapes around it. Cleaned for storage.
 */
export function jsonIn(text: string): unknown[] {
  const plain = withoutThought(text.replaceAll('\uFEFF', '')).trim();
  const whole = parse(plain);
  if (whole !== undefined) return [cleanJson(typeof whole === 'string' ? (parse(whole) ?? whole) : whole)];
  const found: unknown[] = [];
  let from = plain.indexOf('{');
  for (let tries = 0; from >= 0 && tries < mostTries; tries += 1) {
    const to = endOfObject(plain, from);
    const value = to === null ? undefined : parse(plain.slice(from, to));
    if (value !== undefined) found.unshift(cleanJson(value));
    from = plain.indexOf('{', value === undefined || to === null ? from + 1 : to);
  }
  return found;
}

/** Where the object that begins at `from` ends; null where it does not. Braces within its strings do not count. */
function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  let isString = false;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (isString && letter === '\\') at += 1;
    else if (letter === '"') isString = !isString;
    else if (isString) continue;
    else if (letter === '{') depth += 1;
    else if (letter === '}' && (depth -= 1) === 0) return at + 1;
  }
  return null;
}

/** What comes after the last thought; an opening tag without its end is a thought that was cut off. */
function withoutThought(text: string): string {
  const end = [...text.matchAll(/<\/(?:think|thinking|thought|reasoning)>/gi)].at(-1);
  const isInside = end !== undefined && parse(text) === undefined;
  const rest = isInside ? text.slice(end.index + end[0].length) : text;
  return /^\s*<(?:think|thinking|thought|reasoning)>/i.test(rest) && !isInside ? '' : rest;
}

/** Text that Postgres takes and a letter can show: no NUL, no half of a surrogate pair, no controls but tab and line end. */
export function cleanText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/(?![\t\n])\p{Cc}|\uFEFF|\p{Surrogate}/gu, '');
}

/** The beginning of another's words, cleaned. */
export function excerpt(words: string): string {
  return cleanText(
    cleanText(words.slice(0, 4 * mostWords))
      .trim()
      .slice(0, mostWords),
  );
}

/** Deeper than any answer that is asked for; what nests further would only exhaust the stack. */
const mostDepth = 50;

function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (depth > mostDepth) return null;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [cleanText(key), cleanJson(each, depth + 1)]));
}

/** The data of server-sent events, in their order. */
function eventsOf(text: string): unknown[] {
  const lines = text.split(/\r\n|[\r\n]/).filter((line) => line.startsWith('data:'));
  return lines.flatMap((line) => parse(line.slice('data:'.length)) ?? []);
}

/** The first choice of a completion or of one event; Ollama's own API has the message alone. */
function choiceOf(part: unknown): Record<string, unknown>[] {
  const { choices, message } = record(part);
  const [first] = Array.isArray(choices) ? choices : [];
  if (isRecord(first)) return [first];
  return isRecord(message) ? [record(part)] : [];
}

function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (isRecord(content)) return string(content['text']) || string(content['value']);
  if (!Array.isArray(content)) return '';
  const isThought = (part: unknown): boolean => /think|reason|refusal/.test(string(record(part)['type']));
  return content.map((part) => (isThought(part) ? '' : typeof part === 'string' ? part : textOf(part))).join('');
}

function textOf(part: unknown): string {
  return contentOf(record(part)['text']);
}

function thoughtOf(message: Record<string, unknown>): string {
  return string(message['reasoning_content']) || string(message['reasoning']) || string(message['thinking']);
}

function refusalIn(content: unknown): string {
  return Array.isArray(content) ? content.map((part) => string(record(part)['refusal'])).join('') : '';
}

function argumentsOf({ tool_calls: calls, function_call: legacy }: Record<string, unknown>): string {
  const [first] = Array.isArray(calls) ? calls : [{ function: legacy }];
  const { arguments: given } = record(record(first)['function']);
  return isRecord(given) ? JSON.stringify(given) : string(given);
}

function errorOf(part: unknown): Extract<ModelReply, { kind: 'error' }> | null {
  const whole = record(part);
  const error = whole['object'] === 'error' ? whole : whole['error'];
  if (error === undefined || error === null || error === false || error === '') return null;
  const { code, type, message } = record(error);
  const words = message ?? error;
  return {
    kind: 'error',
    code: typeof code === 'number' ? String(code) : string(code) || string(type),
    words: excerpt(typeof words === 'string' ? words : JSON.stringify(words)),
  };
}

function usageOf(usage: Record<string, unknown> | undefined): ReportedUsage {
  const of = (...names: string[]): number | null => names.map((name) => count(usage?.[name])).find(Boolean) ?? null;
  const inputTokens = of('prompt_tokens', 'input_tokens');
  const outputTokens = of('completion_tokens', 'output_tokens');
  // Google and xAI count thoughts, which are paid like the answer, in the total alone.
  const total = of('total_tokens');
  const beside = total === null || inputTokens === null ? 0 : total - inputTokens;
  const details = record(usage?.['prompt_tokens_details'] ?? usage?.['input_tokens_details']);
  const cached = count(details['cached_tokens']) ?? of('prompt_cache_hit_tokens') ?? 0;
  return {
    inputTokens,
    outputTokens: beside > (outputTokens ?? 0) ? beside : outputTokens,
    cachedTokens: Math.min(cached, inputTokens ?? 0),
  };
}

/** More tokens than any call has: a service that says so does not count. */
const mostTokens = 100_000_000;

/** A count as services write it: a number or its digits, rounded up; null for what is none. */
function count(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= mostTokens ? Math.ceil(number) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
