import { X509Certificate, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { HookRefused } from '../mail-service.ts';
import { jsonOf } from '../read-events.ts';

/** A message of SNS: a notice, or the question whether this address is to have them. */
const SnsMessage = z.looseObject({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
});
/** A message of SNS that is believed. */
export type SnsMessage = z.infer<typeof SnsMessage>;

/** Fetches a text of AWS. @throws Error where it cannot be had */
export type FetchText = (url: string) => Promise<string>;

/** Hosts of SNS and nobody else's: a wider pattern has let others sign (novu#11056). */
const host = String.raw`https://sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?`;
const certificateUrl = new RegExp(`^${host}/SimpleNotificationService-[0-9a-f]{20,64}\\.pem$`);
const subscribeUrl = new RegExp(`^${host}/\\?[\\w=&:%.-]+$`);

/** Certificates are few, and change once a year. */
const certificates = new LRUCache<string, string>({ max: 20, ttl: 24 * 3_600_000 });

/**
 * Believes a message that SNS has signed for one of `topics`. Whether the topic is ours is asked first: anybody can have SNS sign messages of a
 * topic of their own (posthog#61644). @throws HookRefused; Error where the certificate cannot be fetched, and the call is to be tried again
 */
export async function readSnsMessage(
  body: Buffer,
  topics: readonly string[],
  fetchText: FetchText,
): Promise<SnsMessage> {
  if (topics.length === 0)
    throw new HookRefused('mailHook.notConfigured', 'Set SES_TOPICS to the ARN of the topic that calls this address');
  const parsed = SnsMessage.safeParse(jsonOf(body));
  if (!parsed.success) throw new HookRefused('mailHook.badSignature', 'The call is no message of SNS');
  const { data: message } = parsed;
  if (!topics.includes(message.TopicArn))
    throw new HookRefused('mailHook.badSignature', 'The topic of the message is not in SES_TOPICS');
  if (!certificateUrl.test(message.SigningCertURL))
    throw new HookRefused('mailHook.badSignature', 'The certificate of the message is not one of SNS');
  let pem = certificates.get(message.SigningCertURL);
  if (pem === undefined) {
    pem = await fetchText(message.SigningCertURL);
    certificates.set(message.SigningCertURL, pem);
  }
  if (!isSigned(message, pem)) throw new HookRefused('mailHook.badSignature', 'The message is not signed by SNS');
  return message;
}

/** Takes a subscription up that SNS asks about. @throws HookRefused; Error where SNS cannot be reached */
export async function confirmSubscription({ SubscribeURL = '' }: SnsMessage, fetchText: FetchText): Promise<void> {
  if (!subscribeUrl.test(SubscribeURL))
    throw new HookRefused('mailHook.badSignature', 'The address to confirm is not one of SNS');
  await fetchText(SubscribeURL);
}

function isSigned(message: SnsMessage, pem: string): boolean {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  const signed = names.flatMap((name) => {
    const value = message[name];
    return value === undefined || value === null ? [] : [`${name}\n${value}\n`];
  });
  try {
    const certificate = new X509Certificate(pem);
    const isValid =
      certificate.validFromDate.getTime() <= Date.now() && Date.now() <= certificate.validToDate.getTime();
    const hash = message.SignatureVersion === '2' ? 'sha256' : 'sha1';
    return (
      isValid &&
      verify(hash, Buffer.from(signed.join('')), certificate.publicKey, Buffer.from(message.Signature, 'base64'))
    );
  } catch {
    return false;
  }
}

/** A call to SNS may take so long; SNS itself waits 15 s for our answer. */
const fetchMs = 5_000;
const mostCharacters = 64 * 1024;

/** Fetches a text of AWS, without following it elsewhere. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetchMs) });
  if (!response.ok) throw new Error(`SNS answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostCharacters) throw new Error('SNS answered with more than a certificate has');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
