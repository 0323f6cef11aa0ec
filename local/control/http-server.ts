import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as a double sees it: the body is read whole and kept as text, header names are lower-case. */
export interface DoubleRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/**
 * What a double answers. Exactly one of `json`, `html`, `text` or none gives the body; `misbehave` replaces the answer by a
 * fault of the connection: `hang` never answers, `reset` sends RST, `cut` sends half of the body and drops the connection.
 */
export interface DoubleReply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
  text?: string;
  misbehave?: 'hang' | 'reset' | 'cut';
}

/** A listening server and how to end it. */
export interface RunningServer {
  port: number;
  stop(): Promise<void>;
}

/** Larger bodies are answered with 413: the biggest honest request, a prompt with a brief, is far below. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Listens on loopback and answers each request with what `handle` returns. Port 0 takes a free one. An error thrown by
 * `handle` is answered with 500 and its message, so that a test sees what went wrong in the double itself.
 */
export async function startHttpServer(input: {
  port: number;
  handle: (request: DoubleRequest) => Promise<DoubleReply> | DoubleReply;
}): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, input.handle);
  });
  // The client decides how long it waits; the double must not end a hang by itself.
  server.requestTimeout = 0;
  // Longer than any client pool keeps a socket, so that the double never closes one that is just being reused.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(input.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A JSON body as a value; undefined if it is none, which no schema accepts. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: DoubleRequest) => Promise<DoubleReply> | DoubleReply,
): Promise<void> {
  try {
    const body = await readBody(incoming);
    if (body === undefined) return write(outgoing, { status: 413, text: 'The body is larger than 16 MiB.' });
    const reply = await handle({
      method: incoming.method ?? 'GET',
      url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
      headers: flatHeaders(incoming),
      body,
    });
    write(outgoing, reply);
  } catch (error) {
    if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy();
    else
      write(outgoing, {
        status: 500,
        text: `The double failed: ${error instanceof Error ? error.message : String(error)}`,
      });
  }
}

async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function write(outgoing: ServerResponse, reply: DoubleReply): void {
  const { contentType, body } = render(reply);
  switch (reply.misbehave) {
    case 'hang':
      return;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'cut':
      outgoing.writeHead(reply.status, {
        ...reply.headers,
        'content-type': contentType,
        'content-length': body.length,
      });
      outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
      return;
    case undefined:
      outgoing.writeHead(reply.status, {
        'content-type': contentType,
        ...reply.headers,
        'content-length': body.length,
      });
      outgoing.end(body);
  }
}

function render(reply: DoubleReply): { contentType: string; body: Buffer } {
  if (reply.html !== undefined) return { contentType: 'text/html; charset=utf-8', body: Buffer.from(reply.html) };
  if (reply.json !== undefined)
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify(reply.json)) };
  return { contentType: 'text/plain; charset=utf-8', body: Buffer.from(reply.text ?? '') };
}
