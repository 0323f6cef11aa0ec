import { z } from 'zod';

/** One thing that is wrong with a request: where (dotted path, empty for the whole), a stable code, words for a person. */
export const ProblemIssue = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });
/** One thing that is wrong with a request. */
export type ProblemIssue = z.infer<typeof ProblemIssue>;

/** An error answer: RFC 9457 with a stable dotted `code`, the parts that are wrong, and the request's id for support. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(ProblemIssue),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
/** An error answer. */
export type Problem = z.infer<typeof Problem>;
