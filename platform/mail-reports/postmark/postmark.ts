import { z } from 'zod';
import type { MailReportKind } from '../../../contracts/contacts/mail-reports.ts';
import { requireSecret } from '../hook-secret.ts';
import { effectOfMailId } from '../mail-id.ts';
import { diagnosticOf, instantOf } from '../mail-report.ts';
import type { MailService } from '../mail-service.ts';
import { jsonOf, readEvents } from '../read-events.ts';

/** An event of Postmark's, as much of it as matters here. */
const Event = z.looseObject({
  RecordType: z.string(),
  ID: z.number().optional(),
  MessageID: z.string().max(200),
  Type: z.string().optional(),
  Description: z.string().nullish(),
  Details: z.string().nullish(),
  BouncedAt: z.string().optional(),
  DeliveredAt: z.string().optional(),
  ChangedAt: z.string().optional(),
  SuppressSending: z.boolean().optional(),
  Origin: z.string().optional(),
  Metadata: z.looseObject({ mail: z.string().optional() }).nullish(),
});
type Event = z.infer<typeof Event>;

/** Postmark's webhooks: one event a call, behind a secret as nothing is signed, known by the metadata that our mails carry. */
export const postmark: MailService = {
  async read(call, { keys, settings }) {
    requireSecret(call, 'POSTMARK_HOOK_SECRET', settings.POSTMARK_HOOK_SECRET);
    return readEvents(Event, [jsonOf(call.body)], (event) => {
      const effectId = effectOfMailId(keys, event.Metadata?.mail ?? '');
      const kind = kindOf(event);
      if (effectId === null || kind === null) return null;
      const at = instantOf(event.BouncedAt ?? event.DeliveredAt ?? event.ChangedAt);
      return {
        // A bounce that is reported again has the same number; deliveries have none.
        id: `postmark/${event.RecordType}/${event.ID ?? event.MessageID}`,
        effectId,
        kind,
        status: null,
        diagnostic: diagnosticOf(event.Details ?? event.Description),
        at,
      };
    });
  },
};

const bounces: Readonly<Record<string, MailReportKind>> = {
  HardBounce: 'bounced',
  BadEmailAddress: 'bounced',
  SoftBounce: 'softBounced',
  Transient: 'delayed',
  DnsError: 'delayed',
  Blocked: 'refused',
  SpamNotification: 'refused',
  VirusNotification: 'refused',
  DMARCPolicy: 'refused',
  TemplateRenderingFailed: 'refused',
  SpamComplaint: 'complained',
};

/** Answers of people who are away, challenges and the like are no bounces. */
function kindOf({ RecordType, Type, SuppressSending, Origin }: Event): MailReportKind | null {
  switch (RecordType) {
    case 'Delivery':
      return 'delivered';
    case 'Bounce':
      return bounces[Type ?? ''] ?? null;
    case 'SpamComplaint':
      return 'complained';
    case 'SubscriptionChange':
      return SuppressSending === true && Origin === 'Recipient' ? 'unsubscribed' : null;
    default:
      return null;
  }
}
