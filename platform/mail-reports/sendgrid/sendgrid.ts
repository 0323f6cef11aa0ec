import { verify } from 'node:crypto';
import { z } from 'zod';
import type { MailReportKind } from '../../../contracts/contacts/mail-reports.ts';
import { effectOfMailId } from '../mail-id.ts';
import { diagnosticOf, failureKind, instantOf } from '../mail-report.ts';
import { headerOf, HookRefused, type HookCall, type MailService } from '../mail-service.ts';
import { jsonOf, readEvents } from '../read-events.ts';
import { publicKeyOf } from '../settings.ts';

/** An event of SendGrid's, as much of it as matters here. */
const Event = z.looseObject({
  event: z.string(),
  sg_event_id: z.string().min(1).max(200),
  'smtp-id': z.string().optional(),
  timestamp: z.number().optional(),
  type: z.string().optional(),
  status: z.string().optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
});
type Event = z.infer<typeof Event>;

/** SendGrid's signed event webhook: an array of events, known by the Message-ID that it was given (`smtp-id`). */
export const sendgrid: MailService = {
  async read(call, { keys, settings }) {
    requireSigned(call, settings.SENDGRID_HOOK_KEY);
    return readEvents(Event, [jsonOf(call.body)].flat(), (event) => {
      const effectId = effectOfMailId(keys, event['smtp-id'] ?? '');
      const kind = kindOf(event);
      if (effectId === null || kind === null) return null;
      return {
        id: `sendgrid/${event.sg_event_id}`,
        effectId,
        kind,
        status: event.status ?? null,
        diagnostic: diagnosticOf(event.reason ?? event.response),
        at: instantOf(event.timestamp === undefined ? null : event.timestamp * 1000),
      };
    });
  },
};

/** What SendGrid left out since it keeps the address on a list of its own is a report of that list's reason. */
const dropped: Readonly<Record<string, MailReportKind>> = {
  'bounced address': 'bounced',
  invalid: 'bounced',
  'spam reporting address': 'complained',
  'unsubscribed address': 'unsubscribed',
};

function kindOf({ event, type, status, reason }: Event): MailReportKind | null {
  switch (event) {
    case 'delivered':
      return 'delivered';
    case 'deferred':
      return 'delayed';
    case 'bounce':
      // A `blocked` mail was refused for what it is or where it came from.
      return type === 'blocked' ? 'refused' : failureKind(status ?? null, reason ?? null);
    case 'dropped':
      return dropped[reason?.toLowerCase() ?? ''] ?? 'refused';
    case 'spamreport':
      return 'complained';
    case 'unsubscribe':
    case 'group_unsubscribe':
      return 'unsubscribed';
    default:
      return null;
  }
}

/** ECDSA over timestamp and body. An old timestamp is a call that is tried again, which SendGrid does for a day; an event counts once anyway. */
function requireSigned(call: HookCall, publicKeys: readonly string[]): void {
  if (publicKeys.length === 0)
    throw new HookRefused(
      'mailHook.notConfigured',
      'Set SENDGRID_HOOK_KEY to the key that SendGrid shows beside the webhook',
    );
  const signature = Buffer.from(headerOf(call, 'x-twilio-email-event-webhook-signature'), 'base64');
  const timestamp = headerOf(call, 'x-twilio-email-event-webhook-timestamp');
  const signed = Buffer.concat([Buffer.from(timestamp), call.body]);
  const isSigned = publicKeys.some((text) => verify('sha256', signed, publicKeyOf(text), signature));
  if (!isSigned) throw new HookRefused('mailHook.badSignature', 'The events are not signed with SENDGRID_HOOK_KEY');
}
