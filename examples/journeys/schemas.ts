import { z } from 'zod';

/** What the language model answers: a subject line and how sure it is that it fits, from 0 to 1. */
export const SubjectLine = z.object({
  text: z.string().min(1).max(80),
  confidence: z.number().min(0).max(1),
});
