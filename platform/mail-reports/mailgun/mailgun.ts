import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { MailReportKind } from '../../../contracts/contacts/mail-reports.ts';
import { effectOfMailId } from '../mail-id.ts';
import { diagnosticOf, failureKind, instantOf } from '../mail-report.ts';
import { HookRefused, type MailService } from '../mail-service.ts';
import { jsonOf, readEvents } from '../read-events.ts';

const Signature = z.looseObject({
  timestamp: z.coerce.string().max(20),
  token: z.string().max(100),
  signature: z.string(),
});

/** An event of Mailgun's, as much of it as matters here. */
const Event = z.looseObject({
  id: z.string().min(1).max(200),
  event: z.string(),
  severity: z.string().optional(),
  reason: z.string().optional(),
  timestamp: z.number().optional(),
  'delivery-status': z
    .looseObject({
      code: z.union([z.number(), z.string()]).nullish(),
      'enhanced-code': z.string().nullish(),
      message: z.string().nullish(),
      description: z.string().nullish(),
    })
    .nullish(),
  message: z.looseObject({ headers: z.looseObject({ 'message-id': z.string().optional() }).optional() }).optional(),
});
type Event = z.infer<typeof Event>;

/** Mailgun tries a call again for eight hours; what is older is a replay. */
const toleranceMs = 12 * 3_600_000;

/**
 * Mailgun's webhooks: one event a call, known by its Message-ID. The signature is over a timestamp and a token and not over the event, so a token
 * counts once, whatever it comes with.
 */
export const mailgun: MailService = {
  async read({ body }, { keys, settings }) {
    const call = z.looseObject({ signature: Signature, 'event-data': z.unknown() }).safeParse(jsonOf(body));
    if (!call.success) throw new HookRefused('mailHook.badSignature', 'The call has no signature of Mailgun’s');
    requireSigned(call.data.signature, settings.MAILGUN_HOOK_KEY);
    return readEvents(Event, [call.data['event-data']], (event) => {
      const effectId = effectOfMailId(keys, event.message?.headers?.['message-id'] ?? '');
      const kind = kindOf(event);
      if (effectId === null || kind === null) return null;
      return {
        id: `mailgun/${event.id}`,
        effectId,
        kind,
        status: event['delivery-status']?.['enhanced-code'] ?? null,
        diagnostic: diagnosticOf(wordsOf(event)),
        at: instantOf(event.timestamp === undefined ? null : event.timestamp * 1000),
        token: `mailgun/${call.data.signature.token}`,
      };
    });
  },
};

function kindOf(event: Event): MailReportKind | null {
  const status = event['delivery-status'];
  switch (event.event) {
    case 'delivered':
      return 'delivered';
    case 'failed':
      if (event.severity !== 'permanent') return 'delayed';
      if (event.reason === 'suppress-complaint') return 'complained';
      if (event.reason === 'suppress-unsubscribe') return 'unsubscribed';
      if (event.reason === 'suppress-bounce') return 'bounced';
      return failureKind(status?.['enhanced-code'] ?? null, `${status?.code ?? ''} ${wordsOf(event)}`);
    case 'complained':
      return 'complained';
    case 'unsubscribed':
      return 'unsubscribed';
    default:
      return null;
  }
}

function wordsOf({ 'delivery-status': status, reason }: Event): string {
  return [status?.message, status?.description, reason].find((text) => text) ?? '';
}

function requireSigned({ timestamp, token, signature }: z.infer<typeof Signature>, keys: readonly string[]): void {
  if (keys.length === 0)
    throw new HookRefused('mailHook.notConfigured', 'Set MAILGUN_HOOK_KEY to the signing key of Mailgun’s webhooks');
  const given = Buffer.from(signature, 'hex');
  const isSigned = keys.some((key) => {
    const expected = createHmac('sha256', key).update(`${timestamp}${token}`).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned || !(Math.abs(Date.now() - Number(timestamp) * 1000) < toleranceMs))
    throw new HookRefused(
      'mailHook.badSignature',
      'The event is not signed with MAILGUN_HOOK_KEY, or was signed too long ago',
    );
}
