import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import type { TemporalConfig } from './connection-options.ts';
import { renewingConnection } from './renewing-connection.ts';

/** A client and the connection that carries it. `close()` lets no call be tried again, and ends the connection. */
export type Temporal = { client: Client; close(): Promise<void> };

/**
 * Connects lazily: the process starts while Temporal is unavailable, and calls fail until it is back. Certificates that are renewed on disk are
 * taken up within `looksEveryMs`, a minute unless given.
 * @throws ConfigError for settings that cannot be used together
 */
export function createTemporal(config: TemporalConfig, looksEveryMs?: number): Temporal {
  const retries = createRetries();
  const interceptors = [makeGrpcRetryInterceptor(retries)];
  const connection = renewingConnection(
    config,
    (options) => Connection.lazy({ ...options, interceptors }),
    looksEveryMs,
  );
  return {
    client: new Client({ connection, namespace: config.TEMPORAL_NAMESPACE }),
    async close() {
      await retries.end();
      await connection.close();
    },
  };
}

/** The gRPC code of a failed call, also where the client wrapped the error; null where the error has another origin. */
export function grpcCodeOf(error: unknown): number | null {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : null;
}

/**
 * The client's own rules for trying again, with an end: a retry that is due after its connection was closed throws out of a
 * timer, where no code can catch it. `end` waits for those that are due, six seconds at most.
 */
function createRetries() {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
  let isEnding = false;
  let lastDueAt = 0;
  return {
    delayFunction: (...failure: Parameters<typeof delayFunction>): number => {
      const delayMs = delayFunction(...failure);
      lastDueAt = Math.max(lastDueAt, Date.now() + delayMs);
      return delayMs;
    },
    retryableDecider: (...failure: Parameters<typeof retryableDecider>): boolean =>
      !isEnding && retryableDecider(...failure),
    async end(): Promise<void> {
      isEnding = true;
      // A timer counts from when its turn of the event loop began, so on a busy machine this one may fire early.
      while (Date.now() <= lastDueAt) await sleep(Math.ceil(lastDueAt - Date.now()) + 1);
      // Whatever is due by now fires in the turn after this one.
      await nextTurn();
      await nextTurn();
    },
  };
}
