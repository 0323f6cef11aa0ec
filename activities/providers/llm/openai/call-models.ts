import OpenAI from 'openai';
import { ProviderError } from '../../provider-error.ts';
import type { LlmConfig } from '../llm-config.ts';
import { networkFailure, statusFailure } from './llm-failure.ts';

/** One request; with a body it is a POST. */
export type Call = { path: string; body?: unknown; timeoutMs: number; signal?: AbortSignal | undefined };

/** A reply with a status of success; `body` is null where it is larger than `mostBytes`. */
export type Reply = { body: string | null; headers: Headers };

/**
 * Makes one request to a model service, without retries. The whole of it, body included, ends after `timeoutMs`.
 * @throws ProviderError if there was no reply, or one that says no
 * @throws the reason of `signal` if that ended the call
 */
export type CallModels = (call: Call) => Promise<Reply>;

/** No answer that is asked for comes near it; what does would only fill the memory. */
const mostBytes = 10_000_000;

/** Opens a model service. What it answers is read as text: the SDK's own reading fails where a server only resembles OpenAI's. */
export function openModels({ baseUrl, apiKey }: LlmConfig): CallModels {
  const openai = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    fetch: fetchOrSayNo,
    // One owner of retries: the activity above. The SDK's own would also ignore a Retry-After above 60 s.
    maxRetries: 0,
    organization: null,
    project: null,
    logLevel: 'off',
  });
  return async ({ path, body, timeoutMs, signal }) => {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(timeoutMs);
    const options = {
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      // The SDK's own time-out leaves the body of the reply out; the deadline covers it and is always earlier.
      timeout: timeoutMs * 2,
    };
    try {
      const request = body === undefined ? openai.get(path, options) : openai.post(path, { ...options, body });
      const response = await request.asResponse();
      return { body: await readText(response), headers: response.headers };
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
      if (cause instanceof ProviderError) throw cause;
      throw new ProviderError(networkFailure(cause, deadline.aborted), { cause });
    }
  };
}

/**
 * Fetches for the SDK, which keeps of a refusal only what OpenAI's own have.
 * @throws ProviderError with the words of a reply that is no success
 */
async function fetchOrSayNo(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  // A POST that follows a redirect arrives as a GET, or carries the key elsewhere.
  const response = await fetch(url, { ...init, ...patiently(), redirect: 'manual' });
  const { status, headers } = response;
  if (status >= 200 && status <= 299) return response;
  throw statusFailure(status, (await readText(response)) ?? '', headers, Date.now());
}

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

/** Where Node keeps what makes the requests of `fetch`, with the operator's proxy if there is one. */
const usualDispatcher = Symbol.for('undici.globalDispatcher.1');

/**
 * `fetch` gives up after five minutes in which nothing came, and a model that is asked for a whole answer at once sends nothing before it is
 * there. The deadline of the call alone counts.
 */
function patiently(): Pick<RequestInit, 'dispatcher'> {
  const { [usualDispatcher]: usual } = globalThis as { [usualDispatcher]?: Dispatcher };
  if (usual === undefined) return {};
  return {
    dispatcher: usual.compose(
      (dispatch) => (options, handler) => dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler),
    ),
  };
}

async function readText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (sizeBytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
