import { z } from 'zod';
import { queueNames } from '../core/queues.ts';

/** The process answers. */
export const Liveness = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Liveness' });
/** The process answers. */
export type Liveness = z.infer<typeof Liveness>;

/**
 * Whether work can be taken in. `degraded`: it can, but a queue has no worker, so it waits, or the
 * disk of Postgres is full, so most writing is refused. `unavailable`: a part is
 * unavailable; the answer is 503.
 */
export const Readiness = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'unavailable']),
    postgres: z.enum(['ok', 'full', 'away']),
    temporal: z.enum(['ok', 'away']),
    migrations: z.enum(['ok', 'behind', 'unknown']),
    queuesWithoutWorker: z.array(z.enum(queueNames)),
  })
  .meta({ id: 'Readiness' });
/** Whether work can be taken in. */
export type Readiness = z.infer<typeof Readiness>;
