import { z } from 'zod';
import type { Permission } from '../access/access.ts';

/** What the change stream covers, each with the right that shows it: a caller who may read the thing gets its changes. */
export const topicRights = {
  run: 'runs:read',
  gate: 'gates:read',
  incident: 'runs:read',
  effect: 'effects:read',
  journey: 'journeys:read',
  contact: 'contacts:read',
  template: 'templates:read',
  course: 'courses:read',
  courseRun: 'courses:read',
  enrollment: 'enrollments:read',
  batch: 'batches:read',
  document: 'batches:read',
} as const satisfies Record<string, Permission>;

/** A topic's name. */
export type Topic = keyof typeof topicRights;

/** Whether `name` is a topic. */
export function isTopic(name: string): name is Topic {
  return Object.hasOwn(topicRights, name);
}

/** The query of `GET /v1/stream`; `lastEventId` is for clients that cannot set the header `Last-Event-ID`. */
export const StreamQuery = z.strictObject({
  topics: z
    .string()
    .max(500)
    .optional()
    .describe('names with commas between; all that the caller may read unless given'),
  lastEventId: z.string().max(100).optional(),
});

/** The query of `GET /v1/stream`. */
export type StreamQuery = z.infer<typeof StreamQuery>;
