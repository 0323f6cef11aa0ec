import type { MailReportKind } from '../../contracts/contacts/mail-reports.ts';
import { addressStatus } from '../../domain/messaging/mail-status.ts';

/**
 * What a mail server or a mail service reports of one mail. `id` is the service's own for the event, or made of the report's bytes: the same id
 * counts once. `status` is an enhanced status code, `diagnostic` the server's own words, bounded; they may hold the address. `token` may come
 * once in all, whatever it comes with.
 */
export type MailReport = {
  id: string;
  effectId: string;
  kind: MailReportKind;
  status: string | null;
  diagnostic: string | null;
  at: Date;
  token?: string;
};

/** The longest words of a server that are kept: what says why is in the first lines. */
const diagnosticLength = 500;

/** Words of a server as they are kept: on one line, bounded, without what Postgres cannot hold; null where there are none. */
export function diagnosticOf(text: string | null | undefined): string | null {
  const line = (text ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line === '' ? null : line.slice(0, diagnosticLength).toWellFormed();
}

/** What a failure for good says, by its enhanced status code or else by that in the server's words; without one it is not known to be the address. */
export function failureKind(status: string | null, words: string | null): 'bounced' | 'softBounced' | 'refused' {
  const code = [status, words]
    .map((text) => /\b5\.\d{1,3}\.\d{1,3}\b/.exec(text ?? '')?.[0])
    .find((found) => found !== undefined && !/^5\.0+\.0+$/.test(found));
  if (code === undefined) return /\b(550|551|553)\b/.test(words ?? '') ? 'bounced' : 'refused';
  return ({ gone: 'bounced', full: 'softBounced', other: 'refused' } as const)[addressStatus(code)];
}

/** When something happened, as a service says it; now where that is no instant, or lies ahead. */
export function instantOf(text: string | number | Date | null | undefined): Date {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) || at.getTime() > Date.now() ? new Date() : at;
}
