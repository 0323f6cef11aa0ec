import { z } from 'zod';
import { returnPathFault } from '../../contracts/messaging/return-path.ts';
import { privateKeySetting } from '../../platform/tls/pem.ts';

/** Who writes, and who signs what is written. */
export const messagingSettings = {
  MAIL_FROM: z.string().default('Throughline <hello@throughline.test>').describe('sender of the mails'),
  MAIL_SENDERS: z
    .string()
    .default('')
    .describe('further senders that workspaces may have, comma-separated; see `throughline mail sender`'),
  MAIL_RETURN_PATH: z
    .string()
    .default('')
    .superRefine((text, context) => {
      const message = text === '' ? null : returnPathFault(text);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .describe(
      'address that mails come back to when they cannot be delivered; the id of the mail takes the place of a *, as in bounces+*@example.com. Without it, the sender’s',
    ),
  DKIM_DOMAIN: z
    .string()
    .toLowerCase()
    .regex(/^([a-z0-9-]+(\.[a-z0-9-]+)+)?$/, 'give a domain such as example.com')
    .default('')
    .describe(
      'domain that signs the mails with DKIM: that of the sender, or one above it. Not where the mail server signs',
    ),
  DKIM_SELECTOR: z
    .string()
    .toLowerCase()
    .regex(/^([a-z0-9-]+(\.[a-z0-9-]+)*)?$/, 'give a name such as mail2026')
    .default('')
    .describe(
      'name of the key: its public part is published as SELECTOR._domainkey.DOMAIN, see `throughline mail test`',
    ),
  DKIM_KEY: privateKeySetting('RSA key that signs, of 1024 bits at least, better 2048'),
};
