import { takeTestMails, type TestMail } from '../../platform/db/access/test-mails.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';

/** What test mails need; `db` is the system role's, `mailTest` sends one. */
export type TestMailDeps = { db: Db; mailTest(asked: TestMail): Promise<void>; log: Logger };

/** Mails of one pass: few enough that they are sent before they are due again. */
const mailsAPass = 10;

/** One pass over the test mails that are due. One that fails is taken again later and holds up no other. @returns how many it took */
export async function mailTestsOnce({ db, mailTest, log }: TestMailDeps): Promise<number> {
  const asked = await takeTestMails(db, mailsAPass);
  await Promise.all(
    asked.map((mail) =>
      mailTest(mail).catch((error: unknown) =>
        log.warn({ testMailId: mail.id, err: error }, 'A test mail is tried again'),
      ),
    ),
  );
  return asked.length;
}
