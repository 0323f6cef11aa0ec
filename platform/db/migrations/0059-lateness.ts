import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A wait may ask that an event has happened after something else: later than its instant, or at it and received after it. Events that were
 * imported as history are received by no wait. Waits of code of before ask for nothing more; that code receives more than is asked for, which
 * machines refuse.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
}

const columns = `
alter table event add column is_history boolean not null default false;
alter table wait add column after_occurred timestamptz, add column after_received timestamptz;
`;
