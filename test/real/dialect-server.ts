import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { countTokens } from '../../activities/providers/llm/count-tokens.ts';
import { composeAnswer } from '../../local/llm/answer.ts';

/** The body of a request, as a server finds it. */
export type ChatRequest = {
  model: string;
  messages: { role: string; content: string }[];
  response_format?: { type: string; json_schema?: { schema: Record<string, unknown>; strict: boolean } };
  tools?: { function: { parameters: Record<string, unknown> } }[];
} & Record<string, unknown>;

/** What a server has to say, before it gives it its own shape. `text` is null where it calls a tool. */
export type Said = {
  text: string | null;
  toolArguments: string | null;
  thoughts: string;
  isCut: boolean;
  inputTokens: number;
  outputTokens: number;
  thoughtTokens: number;
};

/** A refusal: its status and its body. */
export type No = [status: number, body: unknown];

/**
 * How a kind of server speaks, as `source` (a public issue, or a page of documentation) says. `refuses` answers a request that it does not
 * take; `enforces` are the ways of asking for a schema that it keeps to; `limits` the fields that it reads; `thoughts` the tokens that its
 * model thinks before it answers; `shape` the body that it answers with.
 */
export type ServerDialect = {
  name: string;
  source: string;
  refuses?(body: ChatRequest): No | null;
  enforces?: readonly ('json_schema' | 'json_object' | 'tool')[];
  limits?: readonly string[];
  thoughts?: number;
  shape?(said: Said, body: ChatRequest): string;
};

/** A server on loopback. `bodies` are the requests that it took, each with what it said; `refused` counts the others. */
export type DialectServer = {
  url: string;
  answered: { body: ChatRequest; said: Said }[];
  refused(): number;
  close(): Promise<void>;
};

/** Starts a server that speaks a dialect. Its answers are those of the local stub, honest and the same for the same question. */
export async function serveDialect(dialect: ServerDialect): Promise<DialectServer> {
  const answered: DialectServer['answered'] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // The list of models: most of these servers have none.
      if (request.method === 'GET') return void response.writeHead(404).end();
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatRequest;
      const no = dialect.refuses?.(body) ?? null;
      if (no) {
        refused += 1;
        response.writeHead(no[0], { 'content-type': 'application/json' }).end(JSON.stringify(no[1]));
        return;
      }
      const said = answer(dialect, body);
      answered.push({ body, said });
      response.writeHead(200).end((dialect.shape ?? openai)(said, body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    answered,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** OpenAI's own shape of an answer. */
export function openai(said: Said, { model }: ChatRequest): string {
  return JSON.stringify({
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: messageOf(said), finish_reason: said.isCut ? 'length' : 'stop' }],
    usage: {
      prompt_tokens: said.inputTokens,
      completion_tokens: said.outputTokens,
      total_tokens: said.inputTokens + said.outputTokens,
      completion_tokens_details: { reasoning_tokens: said.thoughtTokens },
    },
  });
}

/** The message of an answer, with the tool call in which it may stand. */
export function messageOf({ text, toolArguments }: Said): Record<string, unknown> {
  const call = { id: 'call_1', type: 'function', function: { name: 'letter', arguments: toolArguments } };
  return { role: 'assistant', content: text, ...(toolArguments === null ? {} : { tool_calls: [call] }) };
}

const inWords = /JSON schema:\n(\{.*\})$/m;

function answer({ enforces = ['json_schema'], limits, thoughts = 0 }: ServerDialect, body: ChatRequest): Said {
  const { response_format: format, tools, messages } = body;
  const told = messages.map(({ content }) => inWords.exec(content)?.[1]).find((each) => each !== undefined);
  const isTool = tools !== undefined && enforces.includes('tool');
  const schema =
    (isTool ? tools[0]?.function.parameters : undefined) ??
    (enforces.includes('json_schema') ? format?.json_schema?.schema : undefined) ??
    (told === undefined ? undefined : (JSON.parse(told) as Record<string, unknown>));
  // The stub's prose is about the row: a schema beside it would be read as one.
  const plain = messages.map(({ role, content }) => ({ role, content: content.replace(inWords, '') }));
  const hash = createHash('sha256').update(JSON.stringify(plain)).digest('hex');
  const asked = schema && { type: 'json_schema' as const, json_schema: { name: 'letter', schema } };
  const { content } = composeAnswer({
    request: { model: body.model, messages: plain, ...(asked ? { response_format: asked } : {}) },
    hash,
    fault: undefined,
  });
  const text = content ?? '';
  const limit = Math.min(
    ...(limits ?? ['max_completion_tokens', 'max_tokens']).map((name) => Number(body[name] ?? Infinity)),
  );
  const whole = thoughts + countTokens(text);
  const isCut = whole > limit;
  const kept = limit <= thoughts ? '' : isCut ? text.slice(0, Math.floor(text.length / 2)) : text;
  return {
    text: isTool ? null : kept,
    toolArguments: isTool ? kept : null,
    thoughts:
      thoughts === 0 ? '' : 'Let me think about {"this": "letter"}. '.repeat(Math.ceil(Math.min(thoughts, limit) / 10)),
    isCut,
    inputTokens: messages.reduce((sum, message) => sum + countTokens(message.content), 0),
    outputTokens: Math.min(whole, limit),
    thoughtTokens: Math.min(thoughts, limit),
  };
}
