import { z } from 'zod';

/** A test mail that is on its way: to the address of the person who asked for it. */
export const TestMailAsked = z.strictObject({ to: z.string() }).meta({ id: 'TestMailAsked' });
/** A test mail that is on its way. */
export type TestMailAsked = z.infer<typeof TestMailAsked>;

/** A mail as its reader would see it: its subject, its HTML, and that as plain text. */
export const MailView = z
  .strictObject({ subject: z.string(), text: z.string(), html: z.string() })
  .meta({ id: 'MailView' });
/** A mail as its reader would see it. */
export type MailView = z.infer<typeof MailView>;
