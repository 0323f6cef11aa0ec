import {
  forgetPasswordReset,
  takePasswordResets,
  type PasswordReset,
} from '../../platform/db/access/password-resets.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';

/** What the mails about passwords need; `db` is the system role's, `mailPasswordReset` sends one and says whether it is over. */
export type PasswordMailDeps = {
  db: Db;
  mailPasswordReset(asked: PasswordReset): Promise<boolean>;
  log: Logger;
};

/** Mails of one pass: few enough that they are sent before they are due again. */
const mailsAPass = 10;

/**
 * One pass over the requestes for a new password: mails each, or forgets it where its address is nobody's. One that fails is taken again
 * later and holds up no other.
 * @returns how many it took
 */
export async function mailPasswordsOnce(deps: PasswordMailDeps): Promise<number> {
  const asked = await takePasswordResets(deps.db, mailsAPass);
  await Promise.all(
    asked.map(async (reset) => {
      try {
        if (await deps.mailPasswordReset(reset)) await forgetPasswordReset(deps.db, reset);
      } catch (error) {
        deps.log.warn({ resetId: reset.id, err: error }, 'A mail about a password is tried again');
      }
    }),
  );
  return asked.length;
}
