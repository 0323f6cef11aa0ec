import { z } from 'zod';
import { retainedNames, type RetainedName } from '../contracts/core/retention.ts';

/** How one thing is kept: the setting that says how long, its default, the least that works, and its meaning. */
type Retained = { setting: `RETAIN_${string}`; kept: string; leastHours: number; about: string };

/**
 * How long everything is kept that is not kept without end, each as a number with `d` for days or `h` for hours. What the table
 * does not name stays: runs, their timelines, contacts with their events, and the audit log.
 */
export const retention = {
  effectBytes: {
    setting: 'RETAIN_EFFECT_BYTES',
    kept: '90d',
    leastHours: 0,
    about: 'how long the bytes of a mail are kept after its end; size and hash stay',
  },
  turns: {
    setting: 'RETAIN_TURNS',
    kept: '30d',
    leastHours: 24,
    about: 'how long the turns of an ended run are kept; its last one stays',
  },
  failedRuns: {
    setting: 'RETAIN_FAILED_RUNS',
    kept: '90d',
    leastHours: 24,
    about: 'how long a failed run counts as not ended, so that it keeps its turns',
  },
  changes: {
    setting: 'RETAIN_CHANGES',
    kept: '1h',
    leastHours: 1,
    about: 'how long the change log is kept for streams that come back',
  },
  answers: {
    setting: 'RETAIN_ANSWERS',
    kept: '7d',
    leastHours: 24,
    about: 'how long answers of idempotent writes are kept',
  },
  sessions: {
    setting: 'RETAIN_SESSIONS',
    kept: '0d',
    leastHours: 0,
    about: 'how long a session is kept after its end',
  },
  signInLinks: {
    setting: 'RETAIN_SIGN_IN_LINKS',
    kept: '1d',
    leastHours: 0,
    about: 'how long a link to sign in is kept after its end',
  },
  signInAttempts: {
    setting: 'RETAIN_SIGN_IN_ATTEMPTS',
    kept: '1d',
    leastHours: 1,
    about: 'how long attempts to sign in are kept; those of a quarter of an hour are counted',
  },
  gateLinks: {
    setting: 'RETAIN_GATE_LINKS',
    kept: '30d',
    leastHours: 0,
    about: 'how long a link to decide is kept after its end',
  },
} as const satisfies Record<RetainedName, Retained>;

type Setting = (typeof retention)[RetainedName]['setting'];

/** For how many hours each thing is kept. */
export type Retention = Record<RetainedName, number>;

/** The table as settings. */
export const retentionShape = Object.fromEntries(
  Object.values(retention).map(({ setting, kept, leastHours, about }: Retained) => [
    setting,
    settingOf(kept, leastHours, about),
  ]),
) as Record<Setting, ReturnType<typeof settingOf>>;

function settingOf(kept: string, leastHours: number, about: string) {
  return z
    .string()
    .regex(/^\d{1,5}[dh]$/, { error: 'a number with d for days or h for hours, such as 90d', abort: true })
    .refine((text) => hoursOf(text) >= leastHours, `at least ${leastHours}h`)
    .default(kept)
    .describe(about);
}

/** Reads the table from the settings. */
export function retentionOf(settings: Record<Setting, string>): Retention {
  const hours = retainedNames.map((name) => [name, hoursOf(settings[retention[name].setting])]);
  return Object.fromEntries(hours) as Retention;
}

function hoursOf(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('d') ? 24 : 1);
}
