import { z } from 'zod';

/** What became of the events of a call: new ones, those that were here before, those of mails that were not sent here or of no concern, and those that could not be read. */
export const MailHookAnswer = z
  .strictObject({ taken: z.int(), known: z.int(), others: z.int(), unread: z.int() })
  .meta({ id: 'MailHookAnswer' });
/** What became of the events of a call. */
export type MailHookAnswer = z.infer<typeof MailHookAnswer>;

/** The services that report what became of mails. */
export const MailServiceName = z.enum(['ses', 'sendgrid', 'postmark', 'mailgun']);
/** What may report to a workspace: one of those services, or a mail server with the mails that came back (`returned`). */
export const MailReporter = z.enum(['returned', ...MailServiceName.options]);
/** What may report to a workspace. */
export type MailReporter = z.infer<typeof MailReporter>;
/** A service that reports what became of mails. */
export type MailServiceName = z.infer<typeof MailServiceName>;
