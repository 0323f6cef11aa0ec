import type { Mail } from '../../contracts/messaging/actions.ts';
import { renderMessage, sourceOf, TemplateError } from '../../domain/messaging/render-message.ts';
import { quietUntil, zoneOf } from '../../domain/time/time.ts';
import { type Closure, closures } from '../../platform/db/contacts/consents.ts';
import { contactFacts, contactOfRun, type Recipient } from '../../platform/db/contacts/contacts.ts';
import { type NewMail, noteMails, type Repeats } from '../../platform/db/contacts/mails.ts';
import { type ClosedReason, hashedEmail } from '../../platform/db/contacts/suppression.ts';
import { clock, type Reading, readTogether, together } from '../../platform/db/core/readings.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import {
  type EnteredOnce,
  enteredOnce,
  mailedForJoined,
  takeAddresses,
  type WrittenMail,
} from '../../platform/db/journeys/mailed-addresses.ts';
import { type ResolvedTemplate, resolvedTemplates } from '../../platform/db/journeys/template-refs.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { addToIncident } from '../../platform/db/runs/incidents.ts';
import type { RunToAct } from '../../platform/db/runs/turns.ts';
import type { MasterKeys } from '../../platform/keys/master-keys.ts';
import { mailIdOf } from '../../platform/mail-reports/mail-id.ts';
import { unsubscribeToken } from '../../platform/unsubscribe.ts';
import type { Opened, Prepared } from '../effects/claim-actions.ts';
import { buildMessage, envelopeOf } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { type MailOf, type MailRoute, storedMail, type StoredMail, waitsForMailServer } from './mail-of-workspace.ts';

/** With what mails are made ready. */
type PrepareDeps = { mailOf: MailOf; publicUrl: string; keys: KeySource };

/** A mail that may go, why it never will, or that it waits. */
export type PreparedMail = { raw: Buffer; route: MailRoute } | { refusal: string } | Quiet | typeof waitsForMailServer;

/** Quiet hours have begun since the mail was asked for: it is tried again when they end. */
type Quiet = { until: string; waitMs: number };

/** What is known of a mail before it is claimed. */
export type MailFacts = {
  now: Date;
  contact: Recipient | null;
  mail: StoredMail;
  entered: EnteredOnce | null;
  /** What another run has mailed that was joined with this one. */
  mailed: WrittenMail[];
};

/** A mail that was claimed. */
type Claimed = Opened<'sendMessage', MailFacts>;

type Verdict = Prepared<PreparedMail>;

/** What is read together with the action of a mail. */
export function mailFacts(run: RunToAct): Reading<MailFacts> {
  return together({
    now: clock,
    contact: contactOfRun(run),
    mail: storedMail(run.workspaceId),
    entered: enteredOnce(run),
    mailed: mailedForJoined(run),
  });
}

/** Makes the last-moment checks of mails of one workspace in the transaction that claims them, and the bytes of those that may go. */
export async function prepareMails(deps: PrepareDeps, tx: Tx, all: readonly Claimed[]): Promise<Verdict[]> {
  const workspaceId = all[0]?.open.run.workspace_id ?? '';
  const keys = await deps.keys();
  const { closed, templates } = await readTogether(tx, {
    closed: closures(keys, { workspaceId, people: all.map(addresseeOf) }),
    templates: resolvedTemplates(workspaceId, 'message', all.flatMap(templateOf)),
  });
  const checked = await Promise.all(all.map((claimed, at) => check(deps, claimed, closed[at] ?? [])));
  const built: Built[] = [];
  for (const verdict of checked)
    if ('toBuild' in verdict) built.push(await build(deps, keys, verdict.toBuild, templates));
  const taken = await takenFrom(tx, keys, built);
  const notes = built.flatMap((mail) => (mail.note === null || taken.has(mail.of) ? [] : [mail.note]));
  for (const repeats of await noteMails(tx, workspaceId, notes)) await reportRepeats(tx, workspaceId, repeats);
  const verdicts = new Map(built.map(({ of, verdict }) => [of, taken.has(of) ? isTaken : verdict]));
  return checked.map((verdict) => ('toBuild' in verdict ? (verdicts.get(verdict.toBuild) ?? isTaken) : verdict));
}

const isTaken: Verdict = { kind: 'suppressed', reason: 'another contact with this address has it' };

/** What is written already goes to whom it was written to. */
function addresseeOf({ open: { run, facts }, effect }: Claimed): { id: string; email: string | null } {
  const email = effect.frozen ? envelopeOf(effect.frozen).to : facts.contact?.email;
  return { id: facts.contact?.id ?? run.id, email: email ?? null };
}

function templateOf({ open: { action } }: Claimed): string[] {
  const { content } = action.params;
  return content.kind === 'inline' ? [] : [content.template];
}

/** Whether a mail may go now; `toBuild` where it may and is not written yet. */
async function check(
  { mailOf }: PrepareDeps,
  { open, effect }: Claimed,
  closed: readonly Closure[],
): Promise<Verdict | { toBuild: ToBuild }> {
  const { now, contact, mail: stored, mailed } = open.facts;
  if (!contact?.email) return { kind: 'suppressed', reason: 'no email address' };
  const { params } = open.action;
  const reason = whyClosed(closed, params.isTransactional === true);
  if (reason !== null) return { kind: 'suppressed', reason };
  const until = params.quiet ? quietUntil(now.toISOString(), params.quiet, params.quiet.zone) : null;
  if (until !== null && params.quiet?.over === 'skip') return { kind: 'suppressed', reason: 'quiet hours' };
  if (until !== null) return { kind: 'ready', prepared: { until, waitMs: Date.parse(until) - now.getTime() } };
  const route = await mailOf(stored, effect.frozen);
  if (route === 'unreadable') return { kind: 'ready', prepared: waitsForMailServer };
  if (mailed.some(({ step, visit }) => step === open.action.step && visit === open.action.visit))
    return { kind: 'suppressed', reason: 'the run that was joined with this one has sent it' };
  if (effect.frozen) return { kind: 'ready', prepared: { raw: effect.frozen, route } };
  return { toBuild: { open, effect, contact, email: contact.email, params, route } };
}

/** Those whose address is another contact's already, where that counts. What cannot be sent takes no address. */
async function takenFrom(tx: Tx, keys: MasterKeys, all: readonly Built[]): Promise<ReadonlySet<ToBuild>> {
  const asking = all.flatMap(({ of, isReady }) => (isReady && !of.params.isTransactional ? [of] : []));
  const workspaceId = asking[0]?.open.run.workspace_id ?? '';
  const free = await takeAddresses(
    tx,
    workspaceId,
    asking.map(({ open: { run, action, facts }, email }) => ({
      runId: run.id,
      step: action.step,
      entered: facts.entered,
      address: hashedEmail(keys, workspaceId, email),
    })),
  );
  return new Set(asking.filter((_, at) => free[at] !== true));
}

/**
 * Why the person must not be written to, in words; null where they may. An address that does not exist gets nothing; all else is
 * what the person has chosen, which holds for mails of lists.
 */
function whyClosed(closed: readonly Closure[], isTransactional: boolean): string | null {
  const [closure] = closed.filter(({ reason }) => reason === 'bounced' || !isTransactional);
  if (!closure) return null;
  return closure.note === null || closure.reason !== 'bounced'
    ? closedWords[closure.reason]
    : `${closedWords.bounced} (${closure.note})`;
}

const closedWords: Readonly<Record<ClosedReason, string>> = {
  unsubscribed: 'unsubscribed',
  optedOut: 'opted out',
  complained: 'complained about mails',
  bounced: 'there is no such address',
};

/** What a mail is made of. */
type ToBuild = Claimed & { contact: Recipient; email: string; params: Mail; route: MailRoute };

/** What came of making a mail, and what is noted of it. */
type Built = { of: ToBuild; verdict: Verdict; isReady: boolean; note: NewMail | null };

/** Makes the bytes of a mail. It is noted also where its address is one that no mail can go to. */
async function build(
  { publicUrl }: PrepareDeps,
  keys: MasterKeys,
  mail: ToBuild,
  templates: ReadonlyMap<string, ResolvedTemplate>,
): Promise<Built> {
  const { open, effect, contact, email, params, route } = mail;
  const { workspace_id: workspaceId } = open.run;
  let note: NewMail | null = null;
  try {
    const template = params.content.kind === 'inline' ? undefined : templates.get(params.content.template);
    const token = unsubscribeToken(keys, { workspaceId, contactId: contact.id, channel: 'email' });
    const url = params.isTransactional ? null : `${publicUrl}/u/${token}`;
    const variables = { contact: contactFacts(contact), ...params.variables };
    const message = renderMessage(
      sourceOf(params, template?.content),
      variables,
      url,
      zoneOf([params.zone, contact.zone]),
    );
    note = { effectId: effect.id, contactId: contact.id, recipient: email, subject: message.subject, bytes: null };
    const { raw } = await buildMessage(
      {
        key: `${workspaceId}/${effect.key}`,
        mailId: mailIdOf(keys, effect.id),
        from: route.from,
        ...(route.replyTo === undefined ? {} : { replyTo: route.replyTo }),
        to: { address: email },
        subject: message.subject,
        html: message.html,
        date: effect.planned_at,
        ...(url === null ? {} : { unsubscribe: { url } }),
      },
      route.signing,
    );
    return {
      of: mail,
      verdict: { kind: 'ready', prepared: { raw, route } },
      isReady: true,
      note: { ...note, bytes: raw },
    };
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof ProviderError)) throw error;
    return { of: mail, verdict: { kind: 'ready', prepared: { refusal: error.message } }, isReady: false, note };
  }
}

/** Says to operators that people get one mail over and over: it may be meant, or a trigger fires more often than anybody thought. */
async function reportRepeats(tx: Tx, workspaceId: string, { journey, step }: Repeats): Promise<void> {
  const message = `“${journey}” has sent one person the mail of its step ${step} five times and more within a day, from a run of its own each. Where that is not meant, pause it and look at what lets people in.`;
  await addToIncident(tx, { workspaceId, runId: null, kind: 'journey.repeats', message });
}
