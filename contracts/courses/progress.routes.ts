import { ProgressAnswer } from './enrollments-api.schema.ts';
import { ProgressReport } from './enrollment.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoint of `/v1/progress`. */
export const progressRoutes = {
  takeIn: defineRoute({
    method: 'POST',
    path: '/v1/progress',
    summary: 'Takes in 1 to 1,000 pieces of learning progress; a bad one is refused by itself',
    access: 'progress:write',
    body: ProgressReport,
    answer: ProgressAnswer,
    status: 202,
  }),
};
