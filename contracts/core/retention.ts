/** What is kept for a set time. Each has a setting; its default and its meaning are in `platform/retention.ts`. */
export const retainedNames = [
  'effectBytes',
  'turns',
  'failedRuns',
  'changes',
  'answers',
  'sessions',
  'signInLinks',
  'signInAttempts',
  'gateLinks',
] as const;

/** A name of something that is kept for a set time. */
export type RetainedName = (typeof retainedNames)[number];
