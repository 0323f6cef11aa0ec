import { z } from 'zod';
import { queueNames } from '../core/queues.ts';
import { retainedNames } from '../core/retention.ts';
import { Instant } from '../core/values.schema.ts';

/** Services that can be replaced by a local stand-in. */
export const standIns = ['llm', 'email', 'crm', 'payment'] as const;

/** Parts of the installation itself: Temporal, and the disk of Postgres, which is unavailable when it is full. */
export const parts = ['temporal', 'databaseDisk'] as const;

/**
 * What of the installation is not real or not well. `standIns` are services that a local double plays; workers are dying when processes
 * of them end again and again unasked, of which an incident tells more; `temporalUiUrl`, the page of the
 * namespace in Temporal’s own interface, is shown to those who may operate runs.
 */
export const System = z
  .strictObject({
    standIns: z.array(z.enum(standIns)),
    queues: z.array(z.strictObject({ queue: z.enum(queueNames), workers: z.int(), lastSeenAt: Instant.nullable() })),
    unavailable: z.array(z.enum(parts)),
    areWorkersDying: z.boolean(),
    temporalUiUrl: z.string().nullable(),
    mailUrl: z.string().nullable(),
  })
  .meta({ id: 'System' });
/** What of the installation is not real or not well. */
export type System = z.infer<typeof System>;

/** What a workspace's data is counted by: mails of effects in the database and in the object store, turns of runs, and events. */
export const storageParts = ['mailsInDatabase', 'mailsInStore', 'turns', 'events'] as const;

/** What a workspace keeps, how large it is, and for how many hours what is kept. A size is `estimated` from some of the rows. */
export const Storage = z
  .strictObject({
    parts: z.array(
      z.strictObject({ part: z.enum(storageParts), count: z.int(), bytes: z.int(), isEstimated: z.boolean() }),
    ),
    retention: z.array(z.strictObject({ name: z.enum(retainedNames), hours: z.int() })),
  })
  .meta({ id: 'Storage' });
/** What a workspace keeps. */
export type Storage = z.infer<typeof Storage>;
