import type { MailHookAnswer } from '../../contracts/contacts/mail-hooks-api.schema.ts';
import { holdMailbox, type MailboxPosition, moveMailbox } from '../../platform/db/contacts/returned-mailbox.ts';
import { keepIncidentEverywhere } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import {
  type MailOfBox,
  type OpenMailbox,
  openMailbox,
} from '../../platform/mail-reports/returned-mailbox/imap-mailbox.ts';
import type { MailboxConfig } from '../../platform/mail-reports/returned-mailbox/mailbox-config.ts';
import { MailboxFailure } from '../../platform/mail-reports/returned-mailbox/mailbox-failure.ts';

/** The mailbox of returned mails, null where there is none, and what takes a mail in, by its bytes: once, however often it is given. */
export type ReturnedMails = { mailbox: MailboxConfig | null; take(raw: Buffer): Promise<MailHookAnswer> };

/** What reading them needs; `db` is the system role's, `process` names this one. */
export type ReturnedMailsDeps = { db: Db; returnedMails: ReturnedMails; process: string; log: Logger };

/** Mails of one pass; the next follows at once. */
const mailsAPass = 100;
/** So many passes in a row fail before a server that is away is an incident: it may just be started anew; and at one mail, before it is passed over. */
const patience = 3;

/**
 * The mail at which the server fails, at what, and in how many passes in a row. Once it is known that the mailbox cannot be written to, marks are no
 * longer tried where the server breaks off at them.
 */
type Hindrance = { uid: number; at: 'read' | 'mark'; passes: number; cannotWrite: boolean; breaksOffAtMarks: boolean };

/**
 * Makes the task that reads returned mails, in one process at a time. A mail is taken in, then marked, then the position moves behind it: where a
 * pass breaks off, the next one repeats what changes nothing. A mailbox that cannot be read is an incident in every workspace, which ends once it can.
 */
export function createReturnedMailsTask(deps: ReturnedMailsDeps): (signal: AbortSignal) => Promise<number> {
  const { db, returnedMails, process, log } = deps;
  const { mailbox: config } = returnedMails;
  let failures = 0;
  const hindrance: Hindrance = { uid: 0, at: 'read', passes: 0, cannotWrite: false, breaksOffAtMarks: false };

  async function noteFailure({ message, lasts }: MailboxFailure): Promise<void> {
    failures += 1;
    if (failures === 1) log.error(message);
    if (!lasts && failures < patience) return;
    await keepIncidentEverywhere(db, 'mailbox.unreachable', {
      message: `Returned mails are not read: ${message} They wait there, and it is tried again by itself.`,
      detail: { why: message },
    });
  }

  async function noteSuccess(): Promise<void> {
    failures = 0;
    await keepIncidentEverywhere(db, 'mailbox.unreachable', null);
  }

  return async (signal) => {
    if (config === null) {
      await noteSuccess();
      return 0;
    }
    const held = { name: config.name, holder: process };
    const position = await holdMailbox(db, held);
    if (position === null) return 0;
    try {
      const mailbox = await openMailbox(config, signal);
      const count = await readMails({ ...deps, hindrance }, mailbox, position, (to) => moveMailbox(db, held, to));
      await mailbox.close();
      await noteSuccess();
      return count;
    } catch (error) {
      if (!(error instanceof MailboxFailure)) throw error;
      if (!signal.aborted) await noteFailure(error);
      return 0;
    }
  };
}

/**
 * Reads what has come behind the position; the first time, what is unread, and where the server has numbered its mails anew, all of them, as those
 * that are known count once. Reports are marked as read there. What is none, and what cannot be read, stays as it came, for those who look into the
 * mailbox. @returns how many mails it went through
 */
async function readMails(
  { db, returnedMails, log, hindrance }: ReturnedMailsDeps & { hindrance: Hindrance },
  mailbox: OpenMailbox,
  position: MailboxPosition,
  move: (to: MailboxPosition) => Promise<boolean>,
): Promise<number> {
  const { validity, nextUid } = mailbox;
  const isFirst = position.validity === null;
  const isNumberedAnew = position.validity !== validity;
  let { unread } = position;
  const found = await mailbox.above(isNumberedAnew ? 0 : position.uid, { isUnread: isFirst });
  const damaged = await damagedMail(mailbox, found, hindrance);
  for (const uid of found.slice(0, mailsAPass)) {
    const mail = uid === damaged ? nothingOfIt : await noting(hindrance, { uid, at: 'read' }, () => mailbox.read(uid));
    const became = mail === null ? null : await takeIn(mail, returnedMails);
    if (became === 'report' && !(await mark(mailbox, uid, hindrance)) && !hindrance.cannotWrite) {
      hindrance.cannotWrite = true;
      log.warn(
        { uid },
        'The mailbox of returned mails cannot be written to: what is taken in from there stays unread in it',
      );
    }
    if (became === 'unread') {
      unread += 1;
      log.warn({ uid }, 'A returned mail could not be read, and stays unread in the mailbox');
      await keepIncidentEverywhere(db, 'mailbox.unread', unreadIncident(unread, uid));
    }
    if (!(await move({ validity, uid, unread }))) return 0;
  }
  if (isNumberedAnew && found.length <= mailsAPass)
    await move({ validity, uid: Math.max(found.at(-1) ?? 0, nextUid - 1), unread });
  return Math.min(found.length, mailsAPass);
}

const nothingOfIt: MailOfBox = { bytes: null, isCut: false };

/** Marks a mail that was taken in; whether it is now. One at whose mark the server breaks off again and again stays as it is. */
async function mark(mailbox: OpenMailbox, uid: number, hindrance: Hindrance): Promise<boolean> {
  if (isStuckAt(hindrance, { uid, at: 'mark' })) hindrance.breaksOffAtMarks = true;
  if (hindrance.breaksOffAtMarks) return false;
  return noting(hindrance, { uid, at: 'mark' }, () => mailbox.markRead(uid));
}

type Step = Pick<Hindrance, 'uid' | 'at'>;

function isStuckAt(hindrance: Hindrance, { uid, at }: Step): boolean {
  return hindrance.uid === uid && hindrance.at === at && hindrance.passes >= patience;
}

async function noting<T>(hindrance: Hindrance, { uid, at }: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isSame = hindrance.uid === uid && hindrance.at === at;
    Object.assign(hindrance, { uid, at, passes: isSame ? hindrance.passes + 1 : 1 });
    if (!(error instanceof MailboxFailure) || hindrance.passes < patience) throw error;
    throw new MailboxFailure(`Its server breaks off at the mail with the number (UID) ${uid}.`, error.lasts);
  }
}

/**
 * The mail at whose reading passes end again and again, once another one can be read: then it is damaged, and the way to the server is not. Each pass
 * tries another one, the newest first, as that may be damaged too.
 */
async function damagedMail(
  mailbox: OpenMailbox,
  found: readonly number[],
  hindrance: Hindrance,
): Promise<number | null> {
  const [uid, ...others] = found;
  if (uid === undefined || !isStuckAt(hindrance, { uid, at: 'read' })) return null;
  const other = others.at(-1 - ((hindrance.passes - patience) % others.length));
  if (other === undefined) return null;
  await noting(hindrance, { uid, at: 'read' }, () => mailbox.read(other));
  return uid;
}

async function takeIn(
  { bytes, isCut }: NonNullable<MailOfBox>,
  { take }: ReturnedMails,
): Promise<'report' | 'other' | 'unread'> {
  if (bytes === null) return 'unread';
  const { taken, known, unread } = await take(bytes);
  if (unread > 0) return 'unread';
  if (taken + known > 0) return 'report';
  return isCut && saysReport(bytes) ? 'unread' : 'other';
}

/** Whether the head of a mail announces a report: where a mail is too large to read all of it, one may lie in the rest. */
function saysReport(bytes: Buffer): boolean {
  const [head = ''] = bytes.toString('latin1').split(/\r?\n\r?\n/, 1);
  return /^content-type:\s*multipart\/report/im.test(head);
}

function unreadIncident(unread: number, uid: number) {
  const mails = unread === 1 ? 'A mail' : `${unread} mails`;
  return {
    message: `${mails} in the mailbox of returned mails could not be read, the last one with the number (UID) ${uid}: too large, damaged, or no mail at all. Look at what is unread there, and resolve this.`,
    detail: { unread, uid },
    size: unread,
  };
}
