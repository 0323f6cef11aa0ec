import { z } from 'zod';
import { HookAnswer } from './enrollments-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** What outside services call. */
export const hookRoutes = {
  stripe: defineRoute({
    method: 'POST',
    path: '/hooks/stripe',
    summary: 'Takes in a payment event; the same event counts once',
    access: 'public',
    answer: HookAnswer,
  }),
  stripeOf: defineRoute({
    method: 'POST',
    path: '/hooks/stripe/:workspace',
    summary: 'Takes in a payment event of a workspace’s own account; the same event counts once',
    access: 'public',
    params: { workspace: z.uuid() },
    answer: HookAnswer,
  }),
};
