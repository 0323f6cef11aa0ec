import { z } from 'zod';

/**
 * How a run is carried: many of them by a workflow that they share (`pooled`), or each by one of its own (`dedicated`). What people go
 * through is the same.
 */
export const Execution = z.enum(['pooled', 'dedicated']);
/** How a run is carried. */
export type Execution = z.infer<typeof Execution>;
