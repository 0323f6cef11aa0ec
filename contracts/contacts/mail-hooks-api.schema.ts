import { z } from 'zod';

/** What became of the events of a call: new ones, those that were here before, those of mails that were not sent here or of no concern, and those that could not be read. */
export const MailHookAnswer = z
  .strictObject({ taken: z.int(), known: z.int(), others: z.int(), unread: z.int() })
  .meta({ id: 'MailHookAnswer' });
/** What became of the events of a call. */
export type MailHookAnswer = z.infer<typeof MailHookAnswer>;

/** The services that report what became of mails. */
export const MailServiceName = z.enum(['ses', 'sendgrid', 'postmark', 'mailgun']);
/** A service that reports what became of mails. */
export type MailServiceName = z.infer<typeof MailServiceName>;
