import { describe, expect, it } from 'vitest';
import { checkAnswer } from './json-schema.ts';
import { cleanText, excerpt, jsonIn, mostWords, readReply, type Completion } from './read-reply.ts';

const letter = { intro: 'Thank you, Ana.' };
const json = JSON.stringify(letter);
const schema = {
  name: 'passages',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['intro'],
    properties: { intro: { type: 'string' } },
  },
};

const usage = { prompt_tokens: 120, completion_tokens: 60 };
const completion = (message: unknown, more: object = {}): string =>
  JSON.stringify({ model: 'm', choices: [{ finish_reason: 'stop', message, ...more }], usage });
const content = (text: unknown): string => completion({ role: 'assistant', content: text });

function read(body: string): Completion {
  const reply = readReply(body);
  if (reply.kind !== 'completion') throw new Error(reply.words);
  return reply;
}

/** What a document gets of a reply: the passages, or why there are none. */
function passages(body: string): unknown {
  const { text, elsewhere } = read(body);
  const checked = checkAnswer([text, ...elsewhere], schema);
  return checked.kind === 'ok' ? checked.value : checked.problem;
}

const event = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;

describe('an answer is found', () => {
  it.each([
    ['as it should be', content(json)],
    ['as parts of text (vercel/ai#13703)', content([{ type: 'text', text: json }])],
    [
      'as parts, a thought before them (nextcloud/integration_openai#408)',
      content([
        { type: 'thinking', thinking: [{ type: 'text', text: '{"intro": "a draft"}' }] },
        { type: 'text', text: json.slice(0, 9) },
        { type: 'text', text: json.slice(9) },
      ]),
    ],
    ['as parts that are plain strings', content([json])],
    ['after a thought (zettelrobbe#74)', content(`<think>\nFirst {"intro": "a draft"}.\n</think>\n\n${json}`)],
    ['after the end alone of a thought (DeepSeek-R1#352)', content(`I think of {"intro": "x"}\n</think>\n${json}`)],
    ['in a fence', content(`\`\`\`json\n${json}\n\`\`\``)],
    ['in a fence with capitals (FastFlowLM#554)', content(`\`\`\`JSON\n${json}\n\`\`\``)],
    ['in a fence on one line', content(`\`\`\`json ${json} \`\`\``)],
    ['in a fence that does not end', content(`\`\`\`json\n${json}`)],
    ['in a fence of waves', content(`~~~\n${json}\n~~~`)],
    ['between words', content(`Here is your letter:\n\n${json}\n\nAnything else?`)],
    ['after an example of the schema', content(`I use {name} as in {"intro": 1}. The answer: ${json}`)],
    ['after a byte order mark', content(`\uFEFF${json}`)],
    ['in a body with a byte order mark', `\uFEFF${content(json)}`],
    ['as JSON in a string of JSON', content(JSON.stringify(json))],
    ['as a tool call', completion({ content: null, tool_calls: [{ function: { name: 'f', arguments: json } }] })],
    ['as a tool call with an object', completion({ content: '', tool_calls: [{ function: { arguments: letter } }] })],
    ['as a function call', completion({ content: null, function_call: { name: 'f', arguments: json } })],
    ['among the thoughts, content null (vllm#16182)', completion({ content: null, reasoning_content: `So:\n${json}` })],
    ['beside thoughts', completion({ content: json, reasoning_content: 'Let me see.' })],
    ['as legacy text', JSON.stringify({ choices: [{ text: json, finish_reason: 'stop' }] })],
    ['as a message of Ollama’s own API', JSON.stringify({ message: { content: json }, done: true })],
    ['with one key too many', content(JSON.stringify({ ...letter, note: 'I hope you like it' }))],
    [
      'as events that nobody asked for (inspect_ai#3687)',
      `: ping\n\n${event({ role: 'assistant', content: '' })}${event({ content: json.slice(0, 7) })}${event({ content: json.slice(7) })}data: [DONE]\n\n`,
    ],
    ['as one event with the whole', `event: message\r\ndata: ${content(json)}\r\n\r\n`],
    [
      'as events of a tool call',
      event({ tool_calls: [{ function: { arguments: json.slice(0, 5) } }] }) +
        event({ tool_calls: [{ function: { arguments: json.slice(5) } }] }),
    ],
  ])('%s', (_, body) => {
    expect(passages(body)).toEqual(letter);
  });

  it('without keys too many in what it holds', () => {
    const item = { type: 'object', additionalProperties: false, properties: { a: { type: 'number' } } };
    const nested = { name: 'n', schema: { type: 'object', properties: { list: { type: 'array', items: item } } } };
    expect(checkAnswer(['{"list":[{"a":1,"b":2},{"a":3}]}'], nested)).toEqual({
      kind: 'ok',
      value: { list: [{ a: 1 }, { a: 3 }] },
    });
  });
});

describe('an answer that cannot be used says why', () => {
  it.each([
    ['no JSON', content('I would rather not.'), 'it is not JSON'],
    ['a key that is missing', content('{"note":"x"}'), expect.stringContaining('intro')],
    ['a thought that was cut off', content('<think>\nFirst {"intro": "a draft"}'), 'it is not JSON'],
    ['JSON that was cut off', content('{"intro": "Thank'), 'it is not JSON'],
    ['nothing', content(null), 'it is not JSON'],
  ])('%s', (_, body, problem) => {
    expect(passages(body)).toEqual(problem);
  });

  it('and a text of braces alone takes no time', () => {
    expect(jsonIn('{'.repeat(100_000))).toEqual([]);
    expect(jsonIn(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)).toHaveLength(1);
  });
});

describe('a reply that is no answer', () => {
  it.each([
    [
      'an error with status 200',
      '{"error":{"message":"No slot","code":"busy"}}',
      { kind: 'error', code: 'busy', words: 'No slot' },
    ],
    ['an error as a text', '{"error":"model overloaded"}', { kind: 'error', code: '', words: 'model overloaded' }],
    ['an error of vLLM', '{"object":"error","message":"Bad","code":400}', { kind: 'error', code: '400', words: 'Bad' }],
    ['an error among events', 'data: {"error":{"message":"Gone"}}\n\n', { kind: 'error', words: 'Gone' }],
    ['a page', '<html><h1>Bad gateway</h1></html>', { kind: 'unreadable', words: 'Bad gateway' }],
    ['no choices', '{"choices":[]}', { kind: 'unreadable' }],
    ['half of it', '{"choices":', { kind: 'unreadable' }],
    ['nothing', '', { kind: 'unreadable', words: '' }],
    ['null', 'null', { kind: 'unreadable' }],
  ])('%s', (_, body, expected) => {
    expect(readReply(body)).toMatchObject(expected);
  });
});

describe('usage', () => {
  const of = (given: unknown): unknown =>
    read(JSON.stringify({ choices: [{ message: { content: 'x' } }], usage: given })).usage;
  const none = { inputTokens: null, outputTokens: null, cachedTokens: 0 };

  it.each([
    ['is missing', undefined, none],
    ['is null', null, none],
    ['is empty (defog#83)', {}, none],
    ['holds nulls', { prompt_tokens: null, completion_tokens: null }, none],
    ['is partial', { prompt_tokens: 7 }, { ...none, inputTokens: 7 }],
    [
      'is written as text',
      { prompt_tokens: '12', completion_tokens: '5' },
      { ...none, inputTokens: 12, outputTokens: 5 },
    ],
    ['is a fraction', { prompt_tokens: 12, completion_tokens: 60.25 }, { ...none, inputTokens: 12, outputTokens: 61 }],
    ['is nonsense', { prompt_tokens: -1, completion_tokens: 1e300 }, none],
    ['has the newer names', { input_tokens: 3, output_tokens: 4 }, { ...none, inputTokens: 3, outputTokens: 4 }],
    [
      'says more cached than read',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 64 } },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 10 },
    ],
  ])('%s', (_, given, expected) => {
    expect(of(given)).toEqual(expected);
  });

  it('comes with the last event', () => {
    expect(read(event({ content: 'x' }) + event({}, { usage })).usage).toMatchObject({ inputTokens: 120 });
  });
});

describe('what is kept can be stored', () => {
  it.each([
    ['half of an emoji (kodus-ai#1683)', '{"intro":"Thank you \\ud83d Ana"}', 'Thank you  Ana'],
    ['NUL (vivaria#433, R2R#1264, kestra#10653)', '{"intro":"Thank\\u0000 you"}', 'Thank you'],
    ['controls', '{"intro":"a\\u0007b\\u001bc\\u007fd\\u0085e"}', 'abcde'],
    ['line ends and tabs, which stay', '{"intro":"a\\r\\nb\\tc"}', 'a\nb\tc'],
    ['a whole emoji, which stays', '{"intro":"🎉"}', '🎉'],
  ])('%s', (_, text, intro) => {
    expect(passages(content(text))).toEqual({ intro });
  });

  it('in keys and lists, too', () => {
    expect(jsonIn('{"a\\u0000":["\\ud800"]}')).toEqual([{ a: [''] }]);
  });

  it('and is no longer than a page, even cut within a pair', () => {
    const words = excerpt(`${'a'.repeat(mostWords - 1)}🎉${'b'.repeat(50_000)}`);
    expect(words).toBe('a'.repeat(mostWords - 1));
    expect(cleanText(words)).toBe(words);
  });
});

it.each([
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['content_filter', 'filter'],
  ['eos_token', 'stop'],
  [null, 'stop'],
])('the end %s counts as %s', (finish, end) => {
  expect(read(completion({ content: 'x' }, { finish_reason: finish })).end).toBe(end);
});

it('tells a refusal from an answer', () => {
  expect(read(completion({ content: null, refusal: 'No.' })).refusal).toBe('No.');
  expect(read(content([{ type: 'refusal', refusal: 'No.' }]))).toMatchObject({ refusal: 'No.', text: '' });
});

describe('an end of an answer', () => {
  it.each([
    ['SAFETY', 'filter'],
    ['content_filter: PROHIBITED_CONTENT', 'filter'],
    ['RECITATION', 'filter'],
    ['sensitive', 'filter'],
    ['MAX_TOKENS', 'length'],
    ['STOP', 'stop'],
    ['end_turn', 'stop'],
  ])('%s is %s (Vibe-Trading#308, pi#1509: Google and others have words of their own)', (reason, end) => {
    expect(read(completion({ content: json }, { finish_reason: reason })).end).toBe(end);
  });

  it.each<[string, object, object]>([
    [
      'with a status (genkit#6259)',
      { finish_reason: 'error', error: { code: 503, message: 'Provider disconnected' } },
      { code: '503', words: 'Provider disconnected' },
    ],
    ['in a word (houston#1211)', { finish_reason: 'network_error' }, { code: '502' }],
  ])('that the service did not reach is no answer, but its failure %s', (_, choice, expected) => {
    expect(readReply(completion({ content: '{"intro":"Than' }, choice))).toMatchObject({ kind: 'error', ...expected });
  });
});
