import { z } from 'zod';
import type { MailReportKind } from '../../../contracts/contacts/mail-reports.ts';
import { effectOfMailId } from '../mail-id.ts';
import { diagnosticOf, failureKind, instantOf, type MailReport } from '../mail-report.ts';
import type { MailService } from '../mail-service.ts';
import { jsonOf, readEvents } from '../read-events.ts';
import { confirmSubscription, type FetchText, readSnsMessage } from './sns.ts';

const Recipient = z.looseObject({ status: z.string().optional(), diagnosticCode: z.string().optional() });

/** A report of SES, as much of it as matters here; feedback (`notificationType`) and event publishing (`eventType`) share it. */
const Report = z.looseObject({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z.looseObject({
    timestamp: z.string().optional(),
    headers: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
    commonHeaders: z.looseObject({ messageId: z.string().optional() }).optional(),
  }),
  bounce: z
    .looseObject({
      bounceType: z.string(),
      bounceSubType: z.string().optional(),
      bouncedRecipients: z.array(Recipient).default([]),
      timestamp: z.string().optional(),
    })
    .optional(),
  complaint: z
    .looseObject({
      complaintFeedbackType: z.string().nullish(),
      complaintSubType: z.string().nullish(),
      timestamp: z.string().optional(),
    })
    .optional(),
  delivery: z.looseObject({ smtpResponse: z.string().optional(), timestamp: z.string().optional() }).optional(),
  deliveryDelay: z.looseObject({ delayType: z.string().optional(), timestamp: z.string().optional() }).optional(),
});
type Report = z.infer<typeof Report>;

/** SES by way of SNS: known by the Message-ID or our own header, which SES returns where the topic includes the original headers. */
export function createSes(fetchText: FetchText): MailService {
  return {
    async read({ body }, { keys, settings }) {
      const message = await readSnsMessage(body, settings.SES_TOPICS, fetchText);
      if (message.Type === 'SubscriptionConfirmation') await confirmSubscription(message, fetchText);
      if (message.Type !== 'Notification') return { reports: [], others: 1, unread: 0 };
      return readEvents(Report, [wordsOrJson(message.Message)], (report): MailReport | null => {
        const effectId = effectOfMailId(keys, idsOf(report).join('\n'));
        const outcome = outcomeOf(report);
        return effectId === null || !outcome ? null : { id: `ses/${message.MessageId}`, effectId, ...outcome };
      });
    },
  };
}

/** SNS sends words of its own, too, such as that a topic works. */
function wordsOrJson(text: string): unknown {
  return text.startsWith('{') ? jsonOf(text) : { mail: {} };
}

function idsOf({ mail }: Report): string[] {
  const ours = (mail.headers ?? []).filter(({ name }) => /^(message-id|x-throughline-mail)$/i.test(name));
  return [...ours.map(({ value }) => value), mail.commonHeaders?.messageId ?? ''];
}

type Outcome = { kind: MailReportKind; status: string | null; diagnostic: string | null; at: Date };

function outcomeOf({
  notificationType,
  eventType,
  bounce,
  complaint,
  delivery,
  deliveryDelay,
}: Report): Outcome | null {
  const is = (
    kind: MailReportKind,
    at: string | undefined,
    words?: string | null,
    status: string | null = null,
  ): Outcome => ({
    kind,
    status,
    diagnostic: diagnosticOf(words),
    at: instantOf(at),
  });
  switch (notificationType ?? eventType) {
    case 'Bounce': {
      if (!bounce) return null;
      const [recipient = {}] = bounce.bouncedRecipients;
      const status = recipient.status ?? null;
      const words = [bounce.bounceSubType, recipient.diagnosticCode].filter(Boolean).join(': ');
      return is(bounceKind(bounce, status), bounce.timestamp, words, status);
    }
    case 'Complaint':
      // A reader who says that a mail was welcome complains of nothing.
      if (!complaint || complaint.complaintFeedbackType === 'not-spam') return null;
      return is('complained', complaint.timestamp, complaint.complaintFeedbackType ?? complaint.complaintSubType);
    case 'Delivery':
      return is('delivered', delivery?.timestamp, delivery?.smtpResponse);
    case 'DeliveryDelay':
      return is('delayed', deliveryDelay?.timestamp, deliveryDelay?.delayType);
    case 'Reject':
      return is('refused', undefined, 'SES rejected the mail');
    default:
      return null;
  }
}

/** `Transient` is also what SES makes of the answers of people who are away, so it says nothing unless the mailbox is full. */
function bounceKind(
  { bounceType, bounceSubType }: NonNullable<Report['bounce']>,
  status: string | null,
): MailReportKind {
  if (bounceType === 'Permanent') return status === null ? 'bounced' : permanentKind(bounceSubType, status);
  return bounceSubType === 'MailboxFull' ? 'softBounced' : 'delayed';
}

function permanentKind(subType: string | undefined, status: string): MailReportKind {
  return subType === 'General' || subType === undefined ? failureKind(status, null) : 'bounced';
}
