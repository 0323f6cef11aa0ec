import { randomUUID } from 'node:crypto';
import { resolveTxt } from 'node:dns/promises';
import { dkimKey, mailSigning } from '../activities/messaging/mail-signing.ts';
import type { Senders } from '../activities/messaging/senders.ts';
import { buildMessage } from '../activities/providers/email/build-message.ts';
import { smtp } from '../activities/providers/email/smtp/provider.ts';
import { dkimRecord } from '../platform/smtp/dkim.ts';
import type { MailConfig } from './settings.ts';

/** Whom the settings allow mails to come from; the first is the usual one. @throws ConfigError for settings of no use */
export function allowedSenders(settings: MailConfig): Senders {
  return mailSigning(settings).senders;
}

/** What was found, as a sentence for the operator. */
export type Finding = { isGood: boolean; words: string };

/** The texts of a name in the DNS, each in its parts. @throws Error with the DNS's code */
type TextLookup = (name: string) => Promise<string[][]>;

/** Whether the DNS has the public part of the key that signs, where one does; it says what to publish. */
export async function checkDkimRecord(settings: MailConfig, lookUp: TextLookup = resolveTxt): Promise<Finding> {
  const dkim = dkimKey(settings);
  if (dkim === null) return { isGood: true, words: 'DKIM: no key is set, so the mail server has to sign.' };
  const { name, text } = dkimRecord(dkim);
  const publish = `Publish this text at ${name}:\n${text}`;
  const found = await lookUp(name).then(
    (texts) => texts.map((parts) => parts.join('')),
    (error: unknown) => codeOf(error),
  );
  if (typeof found === 'string')
    return found === 'ENOTFOUND' || found === 'ENODATA'
      ? { isGood: false, words: `DKIM: the DNS has no text at ${name}. ${publish}` }
      : { isGood: false, words: `DKIM: the DNS could not be asked for ${name} (${found}).` };
  const isThere = found.some((record) => publicPart(record) === publicPart(text));
  return isThere
    ? { isGood: true, words: `DKIM: the DNS has the key at ${name}.` }
    : { isGood: false, words: `DKIM: the DNS has another key at ${name}. ${publish}` };
}

/** Sends a mail to `to` as the worker would, signed where a key is set. */
export async function sendTrialMail(settings: MailConfig, to: string): Promise<Finding> {
  const { senders, signing } = mailSigning(settings);
  const [from] = senders;
  const { raw } = await buildMessage(
    {
      key: `trial/${randomUUID()}`,
      from,
      to: { address: to },
      subject: 'A mail to try the settings of Throughline',
      html: '<p>If you read this, the mail server takes and delivers what Throughline sends.</p>',
      date: new Date(),
    },
    signing,
  );
  const sender = smtp.create(settings);
  try {
    const envelope = { from: from.address, to };
    const outcome = await sender.send({ envelope, raw, fence: () => Promise.resolve(true) });
    if (outcome.kind === 'sent') return { isGood: true, words: `Mail: the server took it (${outcome.reply}).` };
    const reason = 'error' in outcome ? outcome.error.message : outcome.kind;
    return { isGood: false, words: `Mail: ${reason}` };
  } finally {
    await sender.close();
  }
}

/** The tag `p` of a record, without the spaces that may stand in it. */
function publicPart(record: string): string {
  return /(?:^|;)\s*p=([^;]*)/.exec(record)?.[1]?.replaceAll(/\s/g, '') ?? '';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
