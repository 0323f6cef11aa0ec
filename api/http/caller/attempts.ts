import { createHash } from 'node:crypto';
import { forgetAttempts, takeBackAttempt, tryAttempt } from '../../../platform/db/access/sessions.ts';
import { AppError } from '../errors/app-error.ts';
import type { Store } from '../store.ts';

/** Within so many minutes attempts are counted. */
const minutes = 15;

/** Counts attempts to come in, by names of what they are counted for; the names are stored hashed. */
export class Attempts {
  constructor(private readonly store: Store) {}

  /** Counts one attempt. @throws AppError 429 after `most` within a quarter of an hour; that one is not counted */
  async requireFew(name: string, most: number): Promise<void> {
    if (await tryAttempt(this.store.app, { subject: subject(name), minutes, most })) return;
    throw new AppError(429, 'session.throttled', {
      detail: 'Too many attempts; wait a quarter of an hour',
      retryAfterSeconds: minutes * 60,
    });
  }

  /** Forgets all that were counted: one has succeeded. */
  forget(name: string): Promise<void> {
    return forgetAttempts(this.store.app, subject(name));
  }

  /** Takes the last one back: it has succeeded, and only failures are counted. */
  takeBack(name: string): Promise<void> {
    return takeBackAttempt(this.store.app, subject(name));
  }
}

function subject(name: string): Buffer {
  return createHash('sha256').update(name).digest();
}
