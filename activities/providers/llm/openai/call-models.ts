import OpenAI from 'openai';
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

/** Opens a model service. What it answers is read as text: the SDK's own reading fails where a server only resembles OpenAI's. */
export function openModels({ baseUrl, apiKey, hosts }: LlmConfig): CallModels {
  const openai = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    fetch: (url, init) => fetchOrSayNo(new URL(url instanceof Request ? url.url : url), hosts, onlyOurs(init, apiKey)),
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
      const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
      if (cause instanceof ProviderError) throw cause;
      if (signal?.aborted) throw new CallAborted(signal.reason);
      throw new ProviderError(networkFailure(cause, deadline.aborted), { cause });
    }
  };
}

/** The SDK's request with our headers alone: it adds what OPENAI_CUSTOM_HEADERS says to requests of all vendors. */
function onlyOurs(init: RequestInit | undefined, apiKey: string): RequestInit {
  const json = init?.body === undefined || init.body === null ? {} : { 'content-type': 'application/json' };
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'user-agent': 'throughline',
    ...json,
  };
  return { ...init, headers };
}

/**
 * Fetches for the SDK, which keeps of a refusal only what OpenAI's own have.
 * @throws ProviderError with the words of a reply that is no success
 */
async function fetchOrSayNo(url: URL, hosts: OwnHosts | undefined, init: RequestInit): Promise<Response> {
  const address = hosts === undefined ? null : await vettedAddress(url, hosts);
  // A POST that follows a redirect arrives as a GET, or carries the key elsewhere.
  const response = await fetch(url, { ...init, ...patiently(url, address), redirect: 'manual' });
  const { status, headers } = response;
  if (status >= 200 && status <= 299) return response;
  throw statusFailure(status, (await readText(response)) ?? '', headers, Date.now());
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

/** Where Node keeps what makes the requests of `fetch`, with the operator's proxy if there is one. */
const usualDispatcher = Symbol.for('undici.globalDispatcher.1');

/**
 * `fetch` gives up after five minutes in which nothing came, and a model that is asked for a whole answer at once sends nothing before it is
 * there. The deadline of the call alone counts. Where `address` is given the connection goes there, for the host of `url`.
 */
function patiently(url: URL, address: string | null): Pick<RequestInit, 'dispatcher'> {
  // Node makes it with the first request.
  void new Request(url);
  const { [usualDispatcher]: usual } = globalThis as unknown as { [usualDispatcher]: Dispatcher };
  const { host, hostname, port } = url;
  const ip = address?.includes(':') ? `[${address}]` : address;
  return {
    dispatcher: usual.compose((dispatch) => (options, handler) => {
      const patient = { ...options, headersTimeout: 0, bodyTimeout: 0 };
      if (ip === null) return dispatch(patient, handler);
      const headers = { ...(options.headers as Record<string, string>), host };
      const there = { origin: `https://${ip}${port === '' ? '' : `:${port}`}`, servername: hostname, headers };
      return dispatch({ ...patient, ...there }, handler);
    }),
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
