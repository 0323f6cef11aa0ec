import { z } from 'zod';
import { mailOauthSettings } from '../../../../platform/mail-oauth/settings.ts';
import { authoritySetting } from '../../../../platform/tls/pem.ts';

const count = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

/** Where the mail server is, who signs in to it, and how much it is given at once. */
export const smtpSettings = {
  SMTP_URL: z
    .string()
    .default('smtp://127.0.0.1:1025')
    .describe(
      'mail server: smtps://host (TLS from the start, port 465) or smtp://host (STARTTLS, port 587; ?tls=none in a safe network)',
    ),
  SMTP_USER: z.string().default('').describe('user of the mail server, where it is not in the URL'),
  SMTP_PASSWORD: z.string().default('').describe('password of that user'),
  ...mailOauthSettings,
  SMTP_CA: authoritySetting('authority of the mail server’s certificate, where it is not a public one'),
  SMTP_CLIENT_NAME: z
    .string()
    .regex(/^[\w.:[\]-]*$/, 'give a host name')
    .default('')
    .describe('name in the greeting to the mail server; that of this host unless set'),
  SMTP_CONNECTIONS: count(100, 5).describe('connections of each worker to the mail server'),
  SMTP_MAILS_PER_CONNECTION: count(10_000, 100).describe('mails after which a connection is opened anew'),
};
