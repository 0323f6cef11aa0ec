import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config.ts';

/** A client and the connection that carries it. `close()` ends the connection. */
export type Temporal = { client: Client; close(): Promise<void> };

/** Connects lazily: the process starts while Temporal is away, and calls fail until it is back. */
export function createTemporal(config: Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE'>): Temporal {
  const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
  return {
    client: new Client({ connection, namespace: config.TEMPORAL_NAMESPACE }),
    close: () => connection.close(),
  };
}
