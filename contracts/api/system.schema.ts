import { z } from 'zod';
import { queueNames } from '../queues.ts';
import { Instant } from './values.schema.ts';

/** Services that can be replaced by a local stand-in. */
export const standIns = ['llm', 'email', 'crm', 'payment'] as const;

/**
 * What of the installation is not real or not well. `standIns` are services that a local double plays; `temporalUiUrl` is told to
 * those who may operate runs.
 */
export const System = z
  .strictObject({
    standIns: z.array(z.enum(standIns)),
    queues: z.array(z.strictObject({ queue: z.enum(queueNames), workers: z.int(), lastSeenAt: Instant.nullable() })),
    temporalUiUrl: z.string().nullable(),
    mailUrl: z.string().nullable(),
  })
  .meta({ id: 'System' });
/** What of the installation is not real or not well. */
export type System = z.infer<typeof System>;
