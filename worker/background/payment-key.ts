import { keepIncidentEverywhere } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';

/** What the look at the key of payments needs; `db` is the system role's, `paymentKeyRefusal` says why payments fail with it. */
export type PaymentKeyDeps = { db: Db; paymentKeyRefusal(): Promise<string | null>; log: Logger };

/**
 * Makes the task that looks at the key of payments: at start, and again while it is refused or every hour. A key that is refused is a line of the log
 * and an incident in every workspace, which ends once the key is taken.
 */
export function createPaymentKeyTask({ db, paymentKeyRefusal, log }: PaymentKeyDeps): () => Promise<void> {
  let said: string | null = null;
  let nextAt = 0;
  return async () => {
    if (performance.now() < nextAt) return;
    const refusal = await paymentKeyRefusal();
    if (refusal !== null && refusal !== said) log.error(refusal);
    said = refusal;
    await keepIncidentEverywhere(db, 'payment.keyRefused', refusal === null ? null : { message: refusal, detail: {} });
    nextAt = performance.now() + (refusal === null ? hourMs : 0);
  };
}

const hourMs = 3_600_000;
