import { createHash } from 'node:crypto';
import { simpleParser, type Attachment, type ParsedMail } from 'mailparser';
import type { MailReportKind } from '../../contracts/contacts/mail-reports.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { effectOfMailId } from './mail-id.ts';
import { diagnosticOf, failureKind, instantOf, type MailReport } from './mail-report.ts';

/** A returned mail with what it was about: no mail of ours has so many bytes. */
export const mostMailBytes = 1024 * 1024;

/**
 * What a mail that came to the return path reports of one of ours: a delivery status (RFC 3464) or a complaint (RFC 5965). The mail is known by
 * our own id in the returned head, or in the return path that it came to, never by an address. Null for all else, such as the answer of a
 * person who is away, and for reports of mails that are not ours.
 */
export async function readReturnedMail(keys: MasterKeys, raw: Buffer): Promise<MailReport | null> {
  const mail = await simpleParser(raw, { keepDeliveryStatus: true, skipHtmlToText: true, skipTextToHtml: true });
  const found = outcomeOf(mail);
  if (!found) return null;
  const effectId = effectOf(keys, mail);
  if (effectId === null) return null;
  const id = `mail/${createHash('sha256').update(raw).digest('hex')}`;
  return { id, effectId, at: instantOf(mail.date), ...found };
}

type Outcome = { kind: MailReportKind; status: string | null; diagnostic: string | null };

function outcomeOf(mail: ParsedMail): Outcome | null {
  const part = (type: string): Attachment | undefined =>
    mail.attachments.find(({ contentType }) => contentType.toLowerCase() === type);
  const complaint = part('message/feedback-report');
  if (complaint) return complaintOf(fieldsOf(complaint)[0] ?? new Map());
  const status = part('message/delivery-status') ?? part('message/global-delivery-status');
  return status ? statusOf(fieldsOf(status)) : null;
}

/** A reader who says that a mail was welcome after all complains of nothing (RFC 5965, 7.3). */
function complaintOf(fields: ReadonlyMap<string, string>): Outcome | null {
  const type = fields.get('feedback-type')?.toLowerCase() ?? 'abuse';
  if (!['abuse', 'fraud', 'other', 'opt-out'].includes(type)) return null;
  return { kind: type === 'opt-out' ? 'unsubscribed' : 'complained', status: null, diagnostic: diagnosticOf(type) };
}

/** Our mails have one recipient; where a list behind it reports several, the address is gone only if none was reached. */
function statusOf(blocks: readonly ReadonlyMap<string, string>[]): Outcome | null {
  const outcomes = blocks.filter((block) => block.has('action')).map(recipientOutcome);
  const rank: MailReportKind[] = ['delivered', 'delayed', 'refused', 'softBounced', 'bounced'];
  return outcomes.toSorted((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind))[0] ?? null;
}

function recipientOutcome(fields: ReadonlyMap<string, string>): Outcome {
  const action = fields.get('action')?.toLowerCase().split(/[\s(]/)[0] ?? '';
  const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null;
  const diagnostic = diagnosticOf(fields.get('diagnostic-code'));
  return { kind: kindOf(action, status, diagnostic), status, diagnostic };
}

function kindOf(action: string, status: string | null, words: string | null): MailReportKind {
  if (['delivered', 'relayed', 'expanded'].includes(action)) return 'delivered';
  // A server that gave up after days says `failed` with the code of the last try: the address may be good.
  if (action !== 'failed') return 'delayed';
  return status?.startsWith('4.') ? 'softBounced' : failureKind(status, words);
}

/** The groups of fields of a report, each with its names in small letters; folded lines are one. */
function fieldsOf({ content }: Attachment): Map<string, string>[] {
  const text = content.toString('utf8').replaceAll(/\r?\n[ \t]+/g, ' ');
  return text.split(/\r?\n(?:\r?\n)+/).map((block) => {
    const lines = block.split(/\r?\n/).map((line) => /^([\w-]+)\s*:\s*(.*)$/.exec(line));
    return new Map(lines.flatMap((line) => (line ? [[line[1]?.toLowerCase() ?? '', line[2]?.trim() ?? '']] : [])));
  });
}

/** The head of a mail that is returned inside, or what it was sent to. Words around it that quote a mail are not looked at. */
function effectOf(keys: MasterKeys, mail: ParsedMail): string | null {
  const inside = mail.attachments
    .filter(({ contentType }) =>
      /^(message\/(rfc822|global)|text\/rfc822-headers|message\/global-headers)$/i.test(contentType),
    )
    .map(({ content }) => headOf(content.toString('latin1')));
  const outside = mail.headerLines
    .filter(({ key }) =>
      ['to', 'delivered-to', 'x-original-to', 'envelope-to', 'in-reply-to', 'references'].includes(key),
    )
    .map(({ line }) => line);
  for (const text of [...inside, ...outside]) {
    const effectId = effectOfMailId(keys, text);
    if (effectId !== null) return effectId;
  }
  return null;
}

function headOf(text: string): string {
  const fields =
    text
      .split(/\r?\n\r?\n/)[0]
      ?.replaceAll(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/) ?? [];
  return fields.filter((field) => /^(message-id|x-throughline-mail|return-path)\s*:/i.test(field)).join('\n');
}
