import OpenAI from 'openai';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { OwnAddressError, publicAddressOf, type OwnHosts } from '../../../../platform/models/own-address.ts';
import { CallAborted, ProviderError } from '../../provider-error.ts';
import type { LlmConfig } from '../llm-config.ts';
import { networkFailure, statusFailure } from './llm-failure.ts';

/** One request; with a body it is a POST. */
export type Call = { path: string; body?: unknown; timeoutMs: number; signal?: AbortSignal | undefined };

/** A reply with a status of success; `body` is null where it is larger than `mostBytes`. */
export type Reply = { body: string | null; headers: Headers };

/**
 * Makes one request to a model service, without retries. The whole of it, body included, ends after `timeoutMs`.
 * @throws ProviderError if there was no reply, or one that says no
 * @throws CallAborted if `signal` ended the call, its own reason if it had before
 */
export type CallModels = (call: Call) => Promise<Reply>;

/** No answer that is asked for comes near it; what does would only fill the memory. */
const mostBytes = 10_000_000;

/**
 * Opens a model service. Requests go out by what `fetch` sends its own with, which knows the operator's proxy; `fetch` itself takes several times
 * as much of the processor, and gives up where nothing came for five minutes, as it is with a model that is asked for a whole answer at once.
 */
export function openModels({ baseUrl, apiKey, hosts }: LlmConfig): CallModels {
  const prepared = new WeakMap<Response, { url: URL; body: string | null }>();
  // The SDK makes a request, which is sent below: it keeps of a refusal only what OpenAI's own have, and adds headers of its surroundings.
  const openai = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    fetch: (url, init) => {
      const response = new Response(null);
      const body = typeof init?.body === 'string' ? init.body : null;
      prepared.set(response, { url: new URL(url instanceof Request ? url.url : url), body });
      return Promise.resolve(response);
    },
    maxRetries: 0,
    organization: null,
    project: null,
    logLevel: 'off',
  });
  return async ({ path, body, timeoutMs, signal }) => {
    signal?.throwIfAborted();
    const exchange = new Exchange();
    let isLate = false;
    // A process that stood still looks at its clock first: an answer that has come is read before its time is called over.
    const timer = setTimeout(() => {
      setImmediate(() => {
        isLate = true;
        exchange.end();
      });
    }, timeoutMs);
    const abort = (): void => exchange.end();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const request = body === undefined ? openai.get(path) : openai.post(path, { body });
      const made = prepared.get(await request.asResponse());
      if (made === undefined) throw new Error('The SDK answered without a request');
      const { url } = made;
      const address = hosts === undefined ? null : await vettedAddress(url, hosts);
      const { status, headers, content } = await exchange.send({
        ...placeOf(url, address),
        ...(body === undefined ? { method: 'GET' } : { method: 'POST', body: made.body }),
        headers: headersOf(url, apiKey, body !== undefined),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = content && readText(content, headers.get('content-encoding'));
      // A redirect is a refusal too: a POST that follows one arrives as a GET, or carries the key elsewhere.
      if (status < 200 || status > 299) throw statusFailure(status, text ?? '', headers, Date.now());
      return { body: text, headers };
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      if (signal?.aborted) throw new CallAborted(signal.reason);
      throw new ProviderError(networkFailure(error, isLate), { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  };
}

/** @throws ProviderError where a workspace's own model is at an address that it may not have */
async function vettedAddress(url: URL, hosts: OwnHosts): Promise<string | null> {
  try {
    return await publicAddressOf(url, hosts);
  } catch (error) {
    if (!(error instanceof OwnAddressError)) throw error;
    throw new ProviderError({ kind: 'misconfigured', code: 'llm.address_refused', message: error.message });
  }
}

type Dispatcher = NonNullable<RequestInit['dispatcher']>;
type Sending = Parameters<Dispatcher['dispatch']>[0];
type Controller = { abort(reason: Error): void };

/** Where a request goes: where `address` is given the connection goes there, for the host of `url`. */
function placeOf(url: URL, address: string | null): Pick<Sending, 'origin' | 'path'> & { servername?: string } {
  const path = url.pathname + url.search;
  if (address === null) return { origin: url.origin, path };
  const ip = address.includes(':') ? `[${address}]` : address;
  return { origin: `https://${ip}${url.port === '' ? '' : `:${url.port}`}`, servername: url.hostname, path };
}

function headersOf({ host }: URL, apiKey: string, hasBody: boolean): Record<string, string> {
  return {
    host,
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'throughline',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
  };
}

/** What came, whatever its status; `content` is null where it is too large. */
type Received = { status: number; headers: Headers; content: Buffer | null };

/** One request on its way; `end` ends it at any moment, also one that has not been sent yet. */
class Exchange {
  readonly #received = Promise.withResolvers<Received>();
  #controller: Controller | null = null;
  #isOver = false;

  constructor() {
    // An end before the request is sent is for the one who sends it.
    this.#received.promise.catch(() => undefined);
  }

  end(): void {
    this.#isOver = true;
    const ended = new Error('The request was ended');
    this.#received.reject(ended);
    this.#controller?.abort(ended);
  }

  send(sending: Sending): Promise<Received> {
    const { promise, resolve, reject } = this.#received;
    if (this.#isOver) return promise;
    let status = 0;
    let headers = new Headers();
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    usualDispatcher().dispatch(sending, {
      onRequestStart: (controller: Controller) => {
        this.#controller = controller;
        if (this.#isOver) this.end();
      },
      onResponseStart(_controller, code, raw) {
        // What comes before the reply, such as early hints, is none.
        if (code < 200) return;
        status = code;
        headers = readHeaders(raw);
      },
      onResponseData: (_controller, chunk: Buffer) => {
        sizeBytes += chunk.byteLength;
        if (sizeBytes <= mostBytes) return void chunks.push(chunk);
        resolve({ status, headers, content: null });
        this.end();
      },
      onResponseEnd: () => resolve({ status, headers, content: Buffer.concat(chunks) }),
      onResponseError: (_controller, error) => reject(error),
    });
    return promise;
  }
}

/** Where Node keeps what makes the requests of `fetch`, with the operator's proxy if there is one. */
const usualDispatcherKey = Symbol.for('undici.globalDispatcher.1');

function usualDispatcher(): Dispatcher {
  const all = globalThis as unknown as { [usualDispatcherKey]?: Dispatcher };
  // Node makes it with the first request.
  if (all[usualDispatcherKey] === undefined) void new Request('http://localhost');
  return all[usualDispatcherKey] as Dispatcher;
}

function readHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw))
    for (const each of [value ?? []].flat()) headers.append(name, each.replaceAll(/[^\t -\u00FF]/g, '?'));
  return headers;
}

const decoders: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Some servers compress what nobody asked them to. Null where it is too large then. */
function readText(content: Buffer, encoding: string | null): string | null {
  const decode = decoders[encoding?.toLowerCase() ?? ''];
  if (!decode) return content.toString('utf8');
  try {
    return decode(content, { maxOutputLength: mostBytes }).toString('utf8');
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
