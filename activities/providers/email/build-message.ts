import { createHmac } from 'node:crypto';
import addressParser from 'nodemailer/lib/addressparser';
import DKIM from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import { textOf } from '../../../domain/messaging/message-text.ts';
import type { DkimKey } from '../../../platform/smtp/dkim.ts';
import { ProviderError } from '../provider-error.ts';

/** What goes into a mail. `key` identifies the effect: the same key always gives the same Message-ID. */
export interface MessageContent {
  key: string;
  /** What the mail is known by when it comes back: `mailIdOf` of platform/mail-reports/mail-id.ts. */
  mailId?: string;
  from: { name?: string; address: string };
  to: { name?: string; address: string };
  replyTo?: { name?: string; address: string };
  subject: string;
  html: string;
  /** The plain part; made from the HTML if left out. */
  text?: string;
  /** Present on mails that a person may unsubscribe from: `url` must be https and act on POST (RFC 8058). */
  unsubscribe?: { url: string; mailto?: string };
  /** When the message says it was written. */
  date: Date;
  attachments?: { filename: string; contentType: string; content: Buffer }[];
}

/** Who signs the mails. `messageIdSecret` keeps Message-IDs from being guessed out of keys. */
export interface MessageSigning {
  messageIdDomain: string;
  messageIdSecret: string;
  dkim?: DkimKey;
}

/** Long enough for every address that SMTP allows (RFC 5321 4.5.3.1). */
const maxAddressLength = 254;
/** Deliberately narrower than RFC 5322: quoted local parts have been used to route mails to other domains. */
const address = /^[^\s"<>(),:;\\[\]@]+@[^\s"<>(),:;\\[\]@]+$/u;

/**
 * Builds the bytes of one mail to one recipient, signed if a key is given. Freeze them at the first claim: what is sent after
 * a retry must be these bytes. The same content and keys give the same bytes.
 * @throws ProviderError `rejected` if an address cannot be used
 */
export async function buildMessage(
  content: MessageContent,
  signing: MessageSigning,
): Promise<{ raw: Buffer; messageId: string }> {
  const digest = createHmac('sha256', signing.messageIdSecret).update(content.key).digest('hex');
  const messageId = `<${content.mailId ?? digest.slice(0, 40)}@${signing.messageIdDomain}>`;
  const composer = new MailComposer({
    from: mailbox(content.from),
    to: mailbox(content.to),
    ...(content.replyTo === undefined ? {} : { replyTo: mailbox(content.replyTo) }),
    subject: oneLine(content.subject),
    html: content.html,
    text: content.text ?? textOf(content.html),
    date: content.date,
    messageId,
    headers: { ...mailIdHeaders(content.mailId), ...unsubscribeHeaders(content.unsubscribe) },
    ...(content.attachments === undefined ? {} : { attachments: content.attachments }),
    baseBoundary: digest.slice(40),
    newline: 'win',
    // Content is given as text and bytes; nothing in it may make the composer read a file or fetch a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const plain = await composer.compile().build();
  return { raw: signing.dkim === undefined ? plain : await signed(plain, signing.dkim), messageId };
}

/** Who a built message is from and whom it is to, as it says itself: what was frozen goes where it was to go, whatever has changed since. */
export function envelopeOf(raw: Buffer): { from: string; to: string } {
  const head = raw.subarray(0, raw.indexOf('\r\n\r\n')).toString('utf8');
  const addressIn = (field: string): string => {
    const value = new RegExp(`^${field}: (.*(?:\r\n[ \t].*)*)`, 'm').exec(head)?.[1] ?? '';
    return addressParser(value, { flatten: true })[0]?.address ?? '';
  };
  return { from: addressIn('From'), to: addressIn('To') };
}

function mailbox(person: { name?: string; address: string }): { name: string; address: string } {
  if (!address.test(person.address) || person.address.length > maxAddressLength) {
    const message = 'The address is not one that a mail can be sent to.';
    throw new ProviderError({ kind: 'rejected', code: 'email.invalid_address', message });
  }
  return { name: oneLine(person.name ?? ''), address: person.address };
}

/** Beside the Message-ID, which some services replace; Postmark returns what stands in its own header alone. */
function mailIdHeaders(mailId: string | undefined): Record<string, string> {
  return mailId === undefined ? {} : { 'X-Throughline-Mail': mailId, 'X-PM-Metadata-mail': mailId };
}

function unsubscribeHeaders(
  unsubscribe: MessageContent['unsubscribe'],
): Record<string, { prepared: true; value: string }> {
  if (unsubscribe === undefined) return {};
  const targets = [unsubscribe.mailto === undefined ? [] : [`mailto:${unsubscribe.mailto}`], unsubscribe.url].flat();
  const list = targets.map((target) => `<${oneLine(target).replaceAll(/[\s<>]/g, '')}>`).join(',\r\n ');
  return {
    'List-Unsubscribe': { prepared: true, value: list },
    'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
  };
}

/** A header value cannot end its line and begin another header. */
function oneLine(value: string): string {
  return value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** What the signature covers: what people read of a mail's head, and what their programs act on (RFC 8058 5 wants the last two). */
const signedHeaders = [
  'From',
  'Reply-To',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
].join(':');

async function signed(plain: Buffer, dkim: DkimKey): Promise<Buffer> {
  const signer = new DKIM({
    domainName: dkim.domain,
    keySelector: dkim.selector,
    privateKey: dkim.privateKeyPem,
    headerFieldNames: signedHeaders,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of signer.sign(plain) as AsyncIterable<Buffer>) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  // The signer leaves out a signature that it cannot make.
  if (!raw.subarray(0, 15).equals(Buffer.from('DKIM-Signature:'))) throw new Error('The mail could not be signed');
  return raw;
}
