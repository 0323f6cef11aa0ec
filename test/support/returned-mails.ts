import { kysely } from '../../platform/db/core/kysely.ts';
import type { TestDatabase } from './database.ts';

/** One recipient of a delivery status. */
export type ReportedRecipient = { action: string; status: string; diagnostic?: string };

/** How many reports of mails have been taken in. */
export async function countReports({ system }: TestDatabase): Promise<number> {
  return (await kysely(system).selectFrom('mail_report').select('id').execute()).length;
}

/** Is as after some minutes without a sign of the worker that has the mailbox. */
export async function endMailboxLease({ system }: TestDatabase): Promise<void> {
  await kysely(system)
    .updateTable('returned_mailbox')
    .set({ until: new Date(0) })
    .execute();
}

const boundary = 'part-of-a-report';

/** A returned mail as a mail server writes it (RFC 3464): `about` is the head of the mail that it is about. */
export function returnedMail(options: {
  to?: string;
  recipients: ReportedRecipient[];
  about: string;
  headers?: string;
}): string {
  const { to = 'bounces@example.com', recipients, about, headers = '' } = options;
  const blocks = recipients.map(({ action, status, diagnostic }) =>
    [
      'Final-Recipient: rfc822; ana@example.org',
      `Action: ${action}`,
      `Status: ${status}`,
      ...(diagnostic === undefined ? [] : [`Diagnostic-Code: smtp; ${diagnostic}`]),
    ].join('\r\n'),
  );
  return report('delivery-status', {
    to,
    headers,
    about,
    part: ['Reporting-MTA: dns; mx.example.org', ...blocks].join('\r\n\r\n'),
  });
}

/** A complaint as a mailbox provider writes it (RFC 5965). */
export function complaintMail(type: string, about: string): string {
  const part = `Feedback-Type: ${type}\r\nUser-Agent: Provider/1\r\nVersion: 1`;
  return report('feedback-report', { to: 'bounces@example.com', headers: '', about, part });
}

function report(
  type: string,
  { to, headers, about, part }: { to: string; headers: string; about: string; part: string },
): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.org>',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Mon, 23 Nov 2026 08:00:00 +0000',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${type}; boundary="${boundary}"${headers === '' ? '' : `\r\n${headers}`}`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'Your mail could not be delivered.',
    `--${boundary}`,
    `Content-Type: message/${type}`,
    '',
    part,
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    about,
    '',
    `--${boundary}--`,
    '',
  ].join('\r\n');
}
