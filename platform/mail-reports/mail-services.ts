import { mailgun } from './mailgun/mailgun.ts';
import type { MailService } from './mail-service.ts';
import { postmark } from './postmark/postmark.ts';
import { sendgrid } from './sendgrid/sendgrid.ts';
import { createSes } from './ses/ses.ts';
import { fetchText } from './ses/sns.ts';

/** The services that report what became of mails, by the end of the address that they call: `/hooks/mail/NAME`. */
export const mailServices = { ses: createSes(fetchText), sendgrid, postmark, mailgun } satisfies Record<
  string,
  MailService
>;
