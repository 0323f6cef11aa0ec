import { createMailOf, type InstallationMail } from '../../activities/messaging/mail-of-workspace.ts';
import { createMessagingActivities } from '../../activities/messaging/messaging.activities.ts';
import type { EmailSender } from '../../activities/providers/email/smtp/smtp-pool.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { TEST_KEY } from '../support/database.ts';
import type { ClockedDatabase } from './clock.ts';

/** A mail that was sent, and by which run. */
export type SentMail = { runId: string; subject: string; to: string };

/** The activities that send mails; what they send is added to `sent`, unless the mail server refuses it. */
export function createModelMail(
  database: ClockedDatabase,
  sent: SentMail[],
  server: { refuses: boolean } = { refuses: false },
): Pick<ActionActivities, 'sendMessage'> {
  let runId = '';
  const email: EmailSender = {
    async send({ envelope, raw, fence }) {
      if (!(await fence())) return { kind: 'fenced' };
      if (server.refuses)
        return { kind: 'rejected', error: { code: 'email.rejected', message: 'The mail server refused the mail' } };
      const subject = /^Subject: (.*)$/m.exec(Buffer.from(raw).toString())?.[1]?.trim() ?? '';
      sent.push({ runId, subject, to: envelope.to });
      return { kind: 'sent', reply: '250', serverMessageId: null };
    },
    close: () => Promise.resolve(),
  };
  const installation: InstallationMail = {
    email,
    signing: { messageIdDomain: 'example.com', messageIdSecret: TEST_KEY },
    senders: [{ name: 'Us', address: 'us@example.com' }],
    returnPath: '',
  };
  const keys: KeySource = () => Promise.resolve(masterKeys({ THROUGHLINE_KEY: TEST_KEY }));
  const config = { STAND_INS: '', SMTP_CONNECTIONS: 1, SMTP_MAILS_PER_CONNECTION: 1 };
  const messaging = createMessagingActivities({
    db: database.app,
    ...createMailOf({ db: database.app, keys, config, installation }),
    installation,
    publicUrl: 'http://127.0.0.1',
    keys,
  });
  return {
    ...messaging,
    sendMessage(input) {
      // One after the other: the driver does one action at a time.
      ({ runId } = input);
      return messaging.sendMessage(input);
    },
  };
}
