import type { MailHookAnswer } from '../../contracts/contacts/mail-hooks-api.schema.ts';
import { takeReport } from '../db/contacts/mails.ts';
import type { Db } from '../db/core/pool.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import type { ReadCall } from './mail-service.ts';
import { readReturnedMail } from './returned-mail.ts';

/**
 * Takes in what a call held, each report once; where `by` is given, those of that workspace's mails alone. `db` is the app role's.
 * @returns what became of them
 */
export async function takeReports(
  db: Db,
  keys: MasterKeys,
  { reports, others, unread }: ReadCall,
  by?: string,
): Promise<MailHookAnswer> {
  const answer: MailHookAnswer = { taken: 0, known: 0, others, unread };
  for (const report of reports) {
    const verdict = await takeReport(db, keys, report, by);
    answer[verdict === 'notOurs' ? 'others' : verdict] += 1;
  }
  return answer;
}

/** What a returned mail holds: a report, or something else; one that cannot be read is `unread`. Changes nothing. */
export async function readReturned(keys: MasterKeys, raw: Buffer): Promise<ReadCall> {
  try {
    const report = await readReturnedMail(keys, raw);
    return { reports: report === null ? [] : [report], others: report === null ? 1 : 0, unread: 0 };
  } catch {
    return { reports: [], others: 0, unread: 1 };
  }
}
