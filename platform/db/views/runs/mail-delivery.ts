import type { MailDelivery } from '../../../../contracts/runs/effects-api.schema.ts';
import { type RawBuilder, sql } from 'kysely';

/** What was reported of an effect's mail, as a value of SQL: the worst of it; null where no report came. */
export function deliveryOf(effect: RawBuilder<unknown>): RawBuilder<MailDelivery | null> {
  return sql<MailDelivery | null>`(select jsonb_build_object('kind', d.kind, 'status', d.status, 'diagnostic', d.diagnostic, 'at', to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from mail_report d where d.workspace_id = ${effect}.workspace_id and d.effect_id = ${effect}.id
    order by array_position(array['complained', 'unsubscribed', 'bounced', 'softBounced', 'refused', 'delivered', 'delayed'], d.kind), d.at limit 1)`;
}
