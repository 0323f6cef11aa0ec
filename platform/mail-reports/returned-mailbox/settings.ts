import { z } from 'zod';
import { mailOauthSettings } from '../../mail-oauth/settings.ts';
import { authoritySetting } from '../../tls/pem.ts';

/** Where the mails that come back lie, where nothing brings them to POST /hooks/mail. */
export const returnedMailboxSettings = {
  IMAP_URL: z
    .string()
    .default('')
    .describe(
      'mailbox of MAIL_RETURN_PATH, whose returned mails are read: imaps://host (TLS from the start, port 993) or imap://host (STARTTLS, port 143; ?tls=none on this machine). Without it none is read',
    ),
  IMAP_USER: z.string().default('').describe('user of that mailbox, where it is not in the URL'),
  IMAP_PASSWORD: z.string().default('').describe('password of that user'),
  ...mailOauthSettings,
  IMAP_MAILBOX: z.string().min(1).max(200).default('INBOX').describe('folder in which the returned mails lie'),
  IMAP_CA: authoritySetting('authority of the mailbox server’s certificate, where it is not a public one'),
};

/** Those settings, parsed. */
export type ReturnedMailboxSettings = z.infer<z.ZodObject<typeof returnedMailboxSettings>>;
