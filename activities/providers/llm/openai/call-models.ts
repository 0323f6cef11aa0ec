import { ProviderError } from '../../provider-error.ts';
import type { LlmConfig } from '../llm-config.ts';
import { networkFailure, statusFailure } from './llm-failure.ts';

/** One request; with a body it is a POST. */
export type Call = { path: string; body?: unknown; timeoutMs: number; signal?: AbortSignal | undefined };

/** A reply with a status of success; `body` is null where it is larger than `mostBytes`. */
export type Reply = { body: string | null; headers: Headers };

/** No answer that is asked for comes near it; what does would only fill the memory. */
const mostBytes = 10_000_000;

/**
 * Makes one request to a model service, without retries. The whole of it, body included, ends after `timeoutMs`.
 * @throws ProviderError if there was no reply, or one that says no
 * @throws the reason of `signal` if that ended the call
 */
export async function callModels(
  { baseUrl, apiKey }: LlmConfig,
  { path, body, timeoutMs, signal }: Call,
): Promise<Reply> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A POST that follows a redirect arrives as a GET, or carries the key elsewhere.
      redirect: 'manual',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const { status, headers } = response;
    const text = await readText(response);
    if (status < 200 || status > 299) throw new ProviderError(statusFailure(status, text ?? '', headers, Date.now()));
    return { body: text, headers };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(networkFailure(error, deadline.aborted), { cause: error });
  }
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
