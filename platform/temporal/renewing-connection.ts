import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '@temporalio/client';
import { connectionOptions, type ConnectionOptions, type TemporalConfig } from './connection-options.ts';

/** How often the files of certificates are looked at, as long as calls are made. */
const usualMs = 60_000;

/**
 * A connection that is opened anew once its certificate, key or authority has been renewed on disk: the SDK takes them when a connection is
 * made, and no later. Calls under way end over the one before, which is closed with the next renewal. Files that cannot be read, or of which
 * one alone is new, change nothing until they go together.
 */
export function renewingConnection(
  config: TemporalConfig,
  open: (options: ConnectionOptions) => Connection,
  looksEveryMs = usualMs,
): Connection {
  let used = connectionOptions(config);
  let current = open(used);
  let before: Connection | null = null;
  let nextLookAt = performance.now() + looksEveryMs;

  function look(): void {
    nextLookAt = performance.now() + looksEveryMs;
    const options = renewedOptions(config, used);
    if (options === null) return;
    void before?.close();
    [before, current, used] = [current, open(options), options];
  }

  return new Proxy(current, {
    get(_, name) {
      if (used.tls !== undefined && performance.now() >= nextLookAt) look();
      const value: unknown = Reflect.get(current, name, current);
      if (name === 'close') return async () => void (await Promise.all([current.close(), before?.close()]));
      return typeof value === 'function' ? value.bind(current) : value;
    },
  });
}

/** The options as they are on disk now; null where they are those that are used, or cannot be used. */
export function renewedOptions(config: TemporalConfig, used: ConnectionOptions): ConnectionOptions | null {
  try {
    const options = connectionOptions(config);
    return isDeepStrictEqual(options, used) ? null : options;
  } catch {
    return null;
  }
}
