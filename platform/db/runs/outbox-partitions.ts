import type pg from 'pg';
import { createPool, type DatabaseConfig } from '../core/connections.ts';
import { patience } from '../core/pool.ts';
import { outboxPartitions } from './outbox.ts';

/** Namespace of the advisory locks of outbox partitions; any constant that nothing else uses. */
const LOCK_CLASS = 7_402;

/**
 * Holds outbox partitions by session advisory locks on one connection of its own: they are freed when this process or its
 * connection dies, and another dispatcher takes them within seconds.
 */
export class Partitions {
  private connection: pg.PoolClient | null = null;
  private held: number[] = [];

  private readonly pool: pg.Pool;

  constructor(config: DatabaseConfig) {
    // The second is for the moment in which the first is lost and not yet gone.
    this.pool = createPool(config, 'tl_system', 2, patience.request);
  }

  /** Takes what is free and returns what is held now. A lost connection loses all and starts again. */
  async take(): Promise<number[]> {
    const connection = this.connection ?? (await this.connect());
    const free = Array.from({ length: outboxPartitions }, (_, index) => index).filter(
      (index) => !this.held.includes(index),
    );
    const { rows } = await connection.query<{ index: number }>(
      'select index from unnest($2::int[]) index where pg_try_advisory_lock($1, index)',
      [LOCK_CLASS, free],
    );
    this.held.push(...rows.map((row) => row.index));
    return this.held;
  }

  /** Gives every partition back and closes the connection. */
  async close(): Promise<void> {
    const connection = this.connection;
    this.forget();
    await connection?.query('select pg_advisory_unlock_all()').catch(() => undefined);
    connection?.release();
    await this.pool.end();
  }

  private async connect(): Promise<pg.PoolClient> {
    const connection = await this.pool.connect();
    this.connection = connection;
    connection.once('error', () => {
      if (this.connection !== connection) return;
      this.forget();
      connection.release(true);
    });
    return connection;
  }

  private forget(): void {
    this.connection = null;
    this.held = [];
  }
}
