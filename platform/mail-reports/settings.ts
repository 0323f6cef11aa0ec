import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { snsTopic } from '../../contracts/access/connections-api.schema.ts';
import { listed } from '../config.ts';

const secrets = z.string().default('').transform(listed);
const long = secrets.pipe(z.array(z.string().min(16, 'is too short for a secret: take 16 characters at least')));

/** What reports of mail servers and mail services are believed by; a hook without its setting takes nothing. */
export const mailHookSettings = {
  MAIL_HOOK_SECRET: long.describe(
    'secret of POST /hooks/mail, which takes returned mails: its Bearer token, or the password of Basic; two, comma-separated, while one replaces the other',
  ),
  SES_TOPICS: secrets
    .pipe(z.array(z.string().regex(snsTopic, 'give the ARNs of SNS topics')))
    .describe('ARNs of the SNS topics whose reports POST /hooks/mail/ses believes, comma-separated'),
  SENDGRID_HOOK_KEY: secrets
    .pipe(z.array(z.string().refine(isVerificationKey, 'give the verification key that SendGrid shows, in base64')))
    .describe('public keys that sign SendGrid’s events for POST /hooks/mail/sendgrid, in base64, comma-separated'),
  POSTMARK_HOOK_SECRET: long.describe(
    'secret of POST /hooks/mail/postmark: the password in the address that Postmark calls, as Postmark signs nothing',
  ),
  MAILGUN_HOOK_KEY: long.describe('signing keys of Mailgun’s webhooks for POST /hooks/mail/mailgun, comma-separated'),
};

/** Whether a text is a key as SendGrid shows it. */
export function isVerificationKey(text: string): boolean {
  try {
    return publicKeyOf(text).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

/** A public key of SendGrid's as it shows it. @throws Error where it is none */
export function publicKeyOf(text: string): KeyObject {
  return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
}

/** What the hooks are believed by, parsed. */
export type MailHookSettings = z.infer<z.ZodObject<typeof mailHookSettings>>;

/** Nothing is set, so nothing is believed. */
export const noMailHooks: MailHookSettings = {
  MAIL_HOOK_SECRET: [],
  SES_TOPICS: [],
  SENDGRID_HOOK_KEY: [],
  POSTMARK_HOOK_SECRET: [],
  MAILGUN_HOOK_KEY: [],
};
