import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../../test/support/certificates.ts';
import { readSettings } from '../config.ts';
import { newId } from '../ids.ts';
import { masterKeys } from '../keys/master-keys.ts';
import { mailgun } from './mailgun/mailgun.ts';
import { mailIdOf } from './mail-id.ts';
import { HookRefused, type HookCall, type MailService, type ReadCall } from './mail-service.ts';
import { postmark } from './postmark/postmark.ts';
import { sendgrid } from './sendgrid/sendgrid.ts';
import { createSes } from './ses/ses.ts';
import { mailHookSettings } from './settings.ts';

const keys = masterKeys({ THROUGHLINE_KEY: 'a-key-for-tests-only-0123456789abcdef' });
const effectId = newId();
const mailId = mailIdOf(keys, effectId);
const messageId = `${mailId}@example.com`;
const topic = 'arn:aws:sns:eu-west-1:123456789012:mail-reports';
const sendgridKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const settings = readSettings(mailHookSettings, {
  SES_TOPICS: topic,
  SENDGRID_HOOK_KEY: sendgridKey.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  POSTMARK_HOOK_SECRET: 'a-secret-of-postmark',
  MAILGUN_HOOK_KEY: 'signing-key-of-mailgun',
});
const none = readSettings(mailHookSettings, {});

it.each([
  ['SENDGRID_HOOK_KEY', 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD'],
  [
    'SENDGRID_HOOK_KEY',
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  ],
  ['MAILGUN_HOOK_KEY', 'short'],
  ['SES_TOPICS', 'mail-reports'],
])('%s is looked at before anything is begun by it', (name, value) => {
  expect(() => readSettings(mailHookSettings, { [name]: value })).toThrow(name);
});

const read = (service: MailService, call: HookCall, by = settings): Promise<ReadCall> =>
  service.read(call, { keys, settings: by });
const refusedWith = (code: string) => expect.objectContaining({ constructor: HookRefused, code });
const jsonCall = (body: unknown, headers: Record<string, string> = {}): HookCall => ({
  body: Buffer.from(JSON.stringify(body)),
  headers,
});

/** How one service calls, for what all of them must do. */
type Sample = {
  service: MailService;
  /** A call with the events of one kind about our mail. */
  call(events: object[]): HookCall;
  /** The same call, not signed by the service. */
  forged(call: HookCall): HookCall;
  /** Events by the kind that they are of; null where they are of no concern. */
  events: [event: object, kind: string | null][];
  /** The same event about a mail of another sender. */
  foreign(event: object): object;
};

const authority = createAuthority();
const certificate = authority.issue('sns.amazonaws.com');
const certificateUrl =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';
const fetched = vi.fn<(url: string) => Promise<string>>(() => Promise.resolve(certificate.certPem));
const ses = createSes(fetched);

function snsMessage(fields: Record<string, string>): Record<string, string> {
  const message = {
    MessageId: newId(),
    TopicArn: topic,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: certificateUrl,
    Type: 'Notification',
    ...fields,
  };
  const signedNames = ['Message', 'MessageId', 'SubscribeURL', 'Subject', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = signedNames.flatMap((name) => {
    const value = (message as Record<string, string>)[name];
    return value === undefined ? [] : [`${name}\n${value}\n`];
  });
  return { ...message, Signature: sign('sha256', Buffer.from(text.join('')), certificate.keyPem).toString('base64') };
}

const sesMail = { timestamp: '2026-11-23T08:00:00Z', headers: [{ name: 'Message-ID', value: `<${messageId}>` }] };
const sesBounce = (bounceType: string, bounceSubType: string, status?: string) => ({
  notificationType: 'Bounce',
  mail: sesMail,
  bounce: {
    bounceType,
    bounceSubType,
    bouncedRecipients: [{ emailAddress: 'ana@example.org', ...(status === undefined ? {} : { status }) }],
    timestamp: '2026-11-23T08:00:01Z',
  },
});

function mailgunCall(event: object, at = Date.now()): HookCall {
  const [timestamp, token] = [String(Math.floor(at / 1000)), newId().replaceAll('-', '')];
  const signature = createHmac('sha256', 'signing-key-of-mailgun').update(`${timestamp}${token}`).digest('hex');
  return jsonCall({ signature: { timestamp, token, signature }, 'event-data': event });
}

const mailgunEvent = (event: string, more: object = {}) => ({
  id: newId(),
  event,
  timestamp: 1_795_420_800.5,
  message: { headers: { 'message-id': messageId } },
  ...more,
});
const postmarkEvent = (RecordType: string, more: object = {}) => ({
  RecordType,
  MessageID: newId(),
  Metadata: { mail: mailId },
  ...more,
});
const sendgridEvent = (event: string, more: object = {}) => ({
  event,
  sg_event_id: newId(),
  'smtp-id': `<${messageId}>`,
  timestamp: 1_795_420_800,
  email: 'ana@example.org',
  ...more,
});

const samples: Record<string, Sample> = {
  ses: {
    service: ses,
    call: ([event]) => jsonCall(snsMessage({ Message: JSON.stringify(event) })),
    forged: ({ body }) => ({ body: Buffer.from(body.toString().replace('Permanent', 'Permanen7')), headers: {} }),
    foreign: (event) => ({ ...event, mail: { ...sesMail, headers: [{ name: 'Message-ID', value: '<x@elsewhere>' }] } }),
    events: [
      [sesBounce('Permanent', 'General', '5.1.1'), 'bounced'],
      [sesBounce('Permanent', 'NoEmail'), 'bounced'],
      [sesBounce('Permanent', 'OnAccountSuppressionList', '5.7.1'), 'bounced'],
      [sesBounce('Permanent', 'General', '5.7.1'), 'refused'],
      [sesBounce('Transient', 'General', '4.0.0'), 'delayed'],
      [sesBounce('Transient', 'MailboxFull', '4.2.2'), 'softBounced'],
      [sesBounce('Undetermined', 'Undetermined'), 'delayed'],
      [{ eventType: 'Complaint', mail: sesMail, complaint: { complaintFeedbackType: 'abuse' } }, 'complained'],
      [{ eventType: 'Complaint', mail: sesMail, complaint: { complaintFeedbackType: 'not-spam' } }, null],
      [{ eventType: 'Delivery', mail: sesMail, delivery: { smtpResponse: '250 ok' } }, 'delivered'],
      [{ eventType: 'DeliveryDelay', mail: sesMail, deliveryDelay: { delayType: 'MailboxFull' } }, 'delayed'],
      [{ eventType: 'Open', mail: sesMail }, null],
    ],
  },
  sendgrid: {
    service: sendgrid,
    call(events) {
      const [timestamp, body] = ['1795420800', Buffer.from(JSON.stringify(events))];
      const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), body]), sendgridKey.privateKey);
      return {
        body,
        headers: {
          'x-twilio-email-event-webhook-signature': signature.toString('base64'),
          'x-twilio-email-event-webhook-timestamp': timestamp,
        },
      };
    },
    forged: (call) => ({
      ...call,
      headers: { ...call.headers, 'x-twilio-email-event-webhook-timestamp': '1795420801' },
    }),
    foreign: (event) => ({ ...event, 'smtp-id': '<x@elsewhere>' }),
    events: [
      [sendgridEvent('bounce', { type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' }), 'bounced'],
      [sendgridEvent('bounce', { type: 'blocked', reason: '550 5.1.1 listed' }), 'refused'],
      [sendgridEvent('bounce', { type: 'bounce', status: '5.2.2' }), 'softBounced'],
      [sendgridEvent('dropped', { reason: 'Bounced Address' }), 'bounced'],
      [sendgridEvent('dropped', { reason: 'Unsubscribed Address' }), 'unsubscribed'],
      [sendgridEvent('dropped', { reason: 'Recipient List over Package Quota' }), 'refused'],
      [sendgridEvent('deferred'), 'delayed'],
      [sendgridEvent('delivered', { response: '250 ok' }), 'delivered'],
      [sendgridEvent('spamreport'), 'complained'],
      [sendgridEvent('group_unsubscribe'), 'unsubscribed'],
      [sendgridEvent('open'), null],
    ],
  },
  postmark: {
    service: postmark,
    call: ([event]) =>
      jsonCall(event, { authorization: `Basic ${Buffer.from('x:a-secret-of-postmark').toString('base64')}` }),
    forged: (call) => ({ ...call, headers: { authorization: `Basic ${Buffer.from('x:another').toString('base64')}` } }),
    foreign: (event) => ({ ...event, Metadata: {} }),
    events: [
      [postmarkEvent('Bounce', { ID: 1, Type: 'HardBounce', Details: '550 5.1.1' }), 'bounced'],
      [postmarkEvent('Bounce', { ID: 2, Type: 'SoftBounce' }), 'softBounced'],
      [postmarkEvent('Bounce', { ID: 3, Type: 'Transient' }), 'delayed'],
      [postmarkEvent('Bounce', { ID: 4, Type: 'Blocked' }), 'refused'],
      [postmarkEvent('Bounce', { ID: 5, Type: 'AutoResponder' }), null],
      [postmarkEvent('Delivery'), 'delivered'],
      [postmarkEvent('SpamComplaint', { ID: 6 }), 'complained'],
      [postmarkEvent('SubscriptionChange', { SuppressSending: true, Origin: 'Recipient' }), 'unsubscribed'],
      [postmarkEvent('SubscriptionChange', { SuppressSending: true, Origin: 'Admin' }), null],
      [postmarkEvent('Open'), null],
    ],
  },
  mailgun: {
    service: mailgun,
    call: ([event]) => mailgunCall(event ?? {}),
    forged: ({ body }) => ({ body: Buffer.from(body.toString().replace('"token":"', '"token":"0')), headers: {} }),
    foreign: (event) => ({ ...event, message: { headers: { 'message-id': 'x@elsewhere' } } }),
    events: [
      [
        mailgunEvent('failed', { severity: 'permanent', 'delivery-status': { code: 550, message: '5.1.1 no' } }),
        'bounced',
      ],
      [
        mailgunEvent('failed', { severity: 'permanent', 'delivery-status': { code: 552, 'enhanced-code': '5.2.2' } }),
        'softBounced',
      ],
      [
        mailgunEvent('failed', { severity: 'permanent', 'delivery-status': { code: 550, message: '5.7.1 listed' } }),
        'refused',
      ],
      [mailgunEvent('failed', { severity: 'permanent', reason: 'suppress-bounce' }), 'bounced'],
      [mailgunEvent('failed', { severity: 'temporary', 'delivery-status': { code: 450 } }), 'delayed'],
      [mailgunEvent('delivered'), 'delivered'],
      [mailgunEvent('complained'), 'complained'],
      [mailgunEvent('unsubscribed'), 'unsubscribed'],
      [mailgunEvent('opened'), null],
    ],
  },
};

describe.each(Object.entries(samples))('what %s reports', (_name, { service, call, forged, foreign, events }) => {
  it.each(events)('%j is %s', async (event, kind) => {
    const { reports, others } = await read(service, call([event]));
    if (kind === null) expect([reports, others]).toEqual([[], 1]);
    else expect(reports).toEqual([expect.objectContaining({ effectId, kind })]);
  });

  const [[first]] = events as [[object, string]];

  it('is of no mail of ours where it brings no id of ours', async () => {
    expect(await read(service, call([foreign(first)]))).toEqual({ reports: [], others: 1, unread: 0 });
  });

  it('is not believed unsigned, nor where nothing is set to believe it by', async () => {
    const signed = call([first]);
    await expect(read(service, forged(signed))).rejects.toEqual(refusedWith('mailHook.badSignature'));
    await expect(read(service, { body: Buffer.from('{}'), headers: {} })).rejects.toEqual(
      refusedWith('mailHook.badSignature'),
    );
    await expect(read(service, signed, none)).rejects.toEqual(refusedWith('mailHook.notConfigured'));
  });

  it('costs nothing else where it cannot be read', async () => {
    expect(await read(service, call([{ event: 7 }]))).toEqual({ reports: [], others: 0, unread: 1 });
  });
});

describe('a batch of SendGrid’s', () => {
  it('with one bad event gives all others', async () => {
    const events = [sendgridEvent('delivered'), { event: 'bounce' }, sendgridEvent('spamreport')];
    const { reports, unread } = await read(sendgrid, samples['sendgrid']?.call(events) ?? jsonCall([]));
    expect([reports.map(({ kind }) => kind), unread]).toEqual([['delivered', 'complained'], 1]);
  });
});

describe('an event of Mailgun’s', () => {
  it('is not believed long after it was signed, and brings its token, which counts once', async () => {
    const event = mailgunEvent('complained');
    await expect(read(mailgun, mailgunCall(event, Date.now() - 13 * 3_600_000))).rejects.toEqual(
      refusedWith('mailHook.badSignature'),
    );
    const { reports } = await read(mailgun, mailgunCall(event));
    expect(reports[0]?.token).toMatch(/^mailgun\/[0-9a-f]{32}$/);
  });
});

describe('a message of SNS', () => {
  const notice = { Message: JSON.stringify(sesBounce('Permanent', 'General', '5.1.1')) };

  it('of another topic is refused before anything is fetched (posthog#61644)', async () => {
    fetched.mockClear();
    const foreign = snsMessage({ ...notice, TopicArn: topic.replace('1234', '9999') });
    await expect(read(ses, jsonCall(foreign))).rejects.toEqual(refusedWith('mailHook.badSignature'));
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each([
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
    'https://evil.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com/other/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
    'https://x@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
  ])('with the certificate %s is refused before it is fetched (novu#11056)', async (SigningCertURL) => {
    fetched.mockClear();
    await expect(read(ses, jsonCall(snsMessage({ ...notice, SigningCertURL })))).rejects.toEqual(
      refusedWith('mailHook.badSignature'),
    );
    expect(fetched).not.toHaveBeenCalled();
  });

  it('that asks whether the address is to have the topic is answered, at SNS alone', async () => {
    const asking = (SubscribeURL: string) =>
      jsonCall(snsMessage({ Type: 'SubscriptionConfirmation', Message: 'Confirm', Token: 't', SubscribeURL }));
    const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:x&Token=t';
    fetched.mockClear();
    expect(await read(ses, asking(url))).toEqual({ reports: [], others: 1, unread: 0 });
    expect(fetched.mock.calls.flat()).toContain(url);
    await expect(read(ses, asking('https://internal.example/?x=1'))).rejects.toEqual(
      refusedWith('mailHook.badSignature'),
    );
  });
});
