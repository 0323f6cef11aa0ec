import { z } from 'zod';
import { listed } from '../config.ts';

const secrets = z.string().default('').transform(listed);
const long = secrets.pipe(z.array(z.string().min(16, 'is too short for a secret: take 16 characters at least')));

/** What reports of mail servers and mail services are believed by; a hook without its setting takes nothing. */
export const mailHookSettings = {
  MAIL_HOOK_SECRET: long.describe(
    'secret of POST /hooks/mail, which takes returned mails: its Bearer token, or the password of Basic; two, comma-separated, while one replaces the other',
  ),
  SES_TOPICS: secrets
    .pipe(z.array(z.string().regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/, 'give the ARNs of SNS topics')))
    .describe('ARNs of the SNS topics whose reports POST /hooks/mail/ses believes, comma-separated'),
  SENDGRID_HOOK_KEY: secrets.describe(
    'public keys that sign SendGrid’s events for POST /hooks/mail/sendgrid, in base64, comma-separated',
  ),
  POSTMARK_HOOK_SECRET: long.describe(
    'secret of POST /hooks/mail/postmark: the password in the address that Postmark calls, as Postmark signs nothing',
  ),
  MAILGUN_HOOK_KEY: secrets.describe(
    'signing keys of Mailgun’s webhooks for POST /hooks/mail/mailgun, comma-separated',
  ),
};

/** What the hooks are believed by, parsed. */
export type MailHookSettings = z.infer<z.ZodObject<typeof mailHookSettings>>;
