import { keepIncidentEverywhere } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import { readCertificates } from '../../platform/tls/pem.ts';
import type { TemporalConfig } from '../../platform/temporal/connection-options.ts';

/** What the look at the certificate needs. `renew` has the workers connect anew where it was renewed; `db` is the system role's. */
export type TemporalCertificateDeps = {
  db: Db;
  temporal: TemporalConfig;
  renew(): Promise<boolean>;
  log: Logger;
};

/** Time enough for a person to renew a certificate. */
const warnMs = 7 * 24 * 3_600_000;

/**
 * One look at the certificate that Temporal is shown: one that was renewed on disk is taken up without a restart, and one that ends within a
 * week is an incident in every workspace until another one is there.
 */
export async function lookAtCertificate({ db, temporal, renew, log }: TemporalCertificateDeps): Promise<void> {
  if (await renew()) log.info('Connected to Temporal anew, with the certificate that was renewed');
  const message = endingSoon(temporal);
  await keepIncidentEverywhere(db, 'temporal.certificateEnds', message === null ? null : { message, detail: {} });
}

function endingSoon({ TEMPORAL_TLS_CERT: setting = '' }: TemporalConfig): string | null {
  if (setting === '') return null;
  const [certificate] = readCertificates(setting);
  if (!certificate || certificate.validToDate.getTime() > Date.now() + warnMs) return null;
  return `The certificate that this installation shows to Temporal ends on ${certificate.validTo}: put a new one where TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY point. Files are taken up without a restart.`;
}
