import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChatRequest } from './dialect-server.ts';
import { loadLocalModel, localContext, type LocalAnswer, type LocalModel } from './local-model.ts';

/** A question whose whole answer went out. */
export type Answered = { body: ChatRequest; answer: LocalAnswer };

/**
 * The local model behind OpenAI's chat API, on loopback. `answered` are the questions whose whole answer went out, `left` counts those whose
 * asker did not wait for it.
 */
export type LocalModelServer = { url: string; answered: Answered[]; left(): number; close(): Promise<void> };

/** What a server of llama.cpp takes when nothing is said. */
const usualTokens = 512;

/** What the process of the model says to the test. */
type News = { kind: 'listening'; url: string } | { kind: 'answered'; answered: Answered } | { kind: 'left' };

/** Loads the model in a process of its own and serves it. @throws Error where it cannot be had */
export async function startLocalModel(): Promise<LocalModelServer> {
  const answered: Answered[] = [];
  let left = 0;
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error('The local model could not be started, see above')));
    child.on('message', (news: News) => {
      if (news.kind === 'listening') resolve(news.url);
      else if (news.kind === 'answered') answered.push(news.answered);
      else left += 1;
    });
  });
  return {
    url,
    answered,
    left: () => left,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function serve(tell: (news: News) => void): Promise<void> {
  const model = await loadLocalModel();
  const server = createServer((request, response) => {
    respond(model, request, response).then(
      (each) => {
        if (each === 'left') tell({ kind: 'left' });
        else if (each !== null) tell({ kind: 'answered', answered: each });
      },
      (error: unknown) => refuse(response, error instanceof Error ? error.message : String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  tell({ kind: 'listening', url: `http://127.0.0.1:${port}/v1` });
}

/** Answers a request, unless it was left; null where it was refused. @throws Error where the schema makes no grammar */
async function respond(
  model: LocalModel,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answered | 'left' | null> {
  if (request.method !== 'POST') {
    response.writeHead(404).end();
    return null;
  }
  const body = JSON.parse(await text(request)) as ChatRequest;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (body.tools !== undefined) return refuse(response, 'tools are not supported');
  const { messages, response_format: format } = body;
  const maxTokens = Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? usualTokens);
  const promptTokens = model.count(messages.map(({ content }) => content).join('\n'));
  if (promptTokens + maxTokens > localContext)
    return refuse(response, `the request exceeds the available context size (${localContext} tokens)`);
  const schema = format?.json_schema?.schema;
  const answer = await model.answer({ messages, schema, maxTokens, signal: gone.signal }).catch((error: unknown) => {
    if (gone.signal.aborted) return null;
    throw error;
  });
  if (answer === null || gone.signal.aborted) return 'left';
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion(body, answer)));
  return { body, answer };
}

function refuse(response: ServerResponse, message: string): null {
  const error = { code: 400, message, type: 'invalid_request_error' };
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  return null;
}

function completion({ model }: ChatRequest, { text: content, isCut, inputTokens, outputTokens }: LocalAnswer): object {
  const message = { role: 'assistant', content };
  return {
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message, finish_reason: isCut ? 'length' : 'stop' }],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  };
}

// As a process of its own it ends with the test, however that ends.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('disconnect', () => process.exit());
  await serve((news) => process.send?.(news));
}
