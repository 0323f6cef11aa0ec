import type { ActionOutput } from '../../contracts/core/actions.ts';
import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import type { MailOutcome } from '../../contracts/core/providers.ts';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { Mail } from '../../contracts/messaging/actions.ts';
import type { EffectRow } from '../../platform/db/runs/effects.ts';
import { addToIncident, QUIET_HOURS } from '../../platform/db/runs/incidents.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { contactFacts, contactOfRun, type Recipient } from '../../platform/db/contacts/contacts.ts';
import { closures, type Closure } from '../../platform/db/contacts/consents.ts';
import { type ClosedReason, hashedEmail, suppress } from '../../platform/db/contacts/suppression.ts';
import { noteMail, type NewMail, type Repeats } from '../../platform/db/contacts/mails.ts';
import { mailIdOf } from '../../platform/mail-reports/mail-id.ts';
import { type EnteredOnce, enteredOnce, takeAddress } from '../../platform/db/journeys/mailed-addresses.ts';
import { type ResolvedTemplate, resolvedTemplate } from '../../platform/db/journeys/template-refs.ts';
import { clock, noFacts, type Reading, readTogether, together } from '../../platform/db/core/readings.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { unsubscribeToken } from '../../platform/unsubscribe.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { runEffect } from '../effects/run-effect.ts';
import { buildMessage, envelopeOf } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import {
  type InstallationMail,
  type MailOf,
  type MailRoute,
  storedMail,
  type StoredMail,
  waitsForMailServer,
} from './mail-of-workspace.ts';
import { withReturnPath } from './return-path.ts';
import { renderMessage, sourceOf, TemplateError } from '../../domain/messaging/render-message.ts';
import { quietUntil, zoneOf } from '../../domain/time/time.ts';

/** What sending needs. `keys` sign unsubscribe links and hash addresses. */
export type MessagingDeps = {
  db: Db;
  mailOf: MailOf;
  /** By what mails go that are of no workspace. */
  installation: InstallationMail;
  publicUrl: string;
  keys: KeySource;
};

type Ready = {
  kind: 'ready';
  prepared: { raw: Buffer; route: MailRoute } | { refusal: string } | Quiet | typeof waitsForMailServer;
};

/** Quiet hours have begun since the mail was asked for: it is tried again when they end. */
type Quiet = { until: string; waitMs: number };

/** The activity that sends mail: at most once, behind the fence of the SMTP session. */
export function createMessagingActivities(deps: MessagingDeps): Pick<ActionActivities, 'sendMessage'> {
  return {
    sendMessage: (input) =>
      runEffect(deps.db, input, {
        action: 'sendMessage',
        facts: mailFacts,
        prepare: (tx, open, effect) => prepare(deps, tx, open, effect),
        async call(prepared, { fence }) {
          if ('refusal' in prepared)
            return { kind: 'rejected', error: { code: 'message.template', message: prepared.refusal } };
          if ('until' in prepared) {
            const message = `Quiet hours until ${prepared.until}`;
            return { kind: 'deferred', retryAfterMs: prepared.waitMs, error: { code: QUIET_HOURS, message } };
          }
          if ('kind' in prepared) return prepared;
          const { raw, route } = prepared;
          const envelope = withReturnPath(envelopeOf(raw), raw, route.returnPath);
          const outcome = await route.email.send({ envelope, raw, fence });
          if (outcome.kind === 'rejected' && outcome.bounce !== undefined)
            await noteBounce(deps, { workspaceId: input.workspaceId, address: envelope.to, codes: outcome.bounce });
          return asCallOutcome(outcome);
        },
      }),
  };
}

/** What is known of a mail before it is claimed. */
type MailFacts = { now: Date; contact: Recipient | null; mail: StoredMail; entered: EnteredOnce | null };
type Open = LoadedAction<'sendMessage', MailFacts>;

function mailFacts(input: ActionInput): Reading<MailFacts> {
  const { workspaceId } = input;
  return together({
    now: clock,
    contact: contactOfRun(input),
    mail: storedMail(workspaceId),
    entered: enteredOnce(input),
  });
}

async function prepare(
  deps: MessagingDeps,
  tx: Tx,
  open: Open,
  effect: EffectRow,
): Promise<Ready | { kind: 'suppressed'; reason: string }> {
  const { workspace_id: workspaceId } = open.run;
  const { now, contact, mail: stored, entered } = open.facts;
  if (!contact?.email) return { kind: 'suppressed', reason: 'no email address' };
  const { params } = open.action;
  const keys = await deps.keys();
  const email = effect.frozen ? envelopeOf(effect.frozen).to : contact.email;
  const { id } = contact;
  const { closed, template } = await readTogether(tx, {
    closed: closures(keys, { workspaceId, people: [{ id, email }] }),
    template: templateOf(workspaceId, params),
  });
  const reason = whyClosed(closed.get(id) ?? [], params.isTransactional === true);
  if (reason !== null) return { kind: 'suppressed', reason };
  const until = params.quiet ? quietUntil(now.toISOString(), params.quiet, params.quiet.zone) : null;
  if (until !== null && params.quiet?.over === 'skip') return { kind: 'suppressed', reason: 'quiet hours' };
  if (until !== null) return { kind: 'ready', prepared: { until, waitMs: Date.parse(until) - now.getTime() } };
  const route = await deps.mailOf(stored, effect.frozen);
  if (route === 'unreadable') return { kind: 'ready', prepared: waitsForMailServer };
  if (effect.frozen) return { kind: 'ready', prepared: { raw: effect.frozen, route } };
  const address = hashedEmail(keys, workspaceId, contact.email);
  if (
    !params.isTransactional &&
    !(await takeAddress(tx, { id: open.run.id, step: open.action.step, entered }, address))
  )
    return { kind: 'suppressed', reason: 'another contact with this address has it' };
  try {
    const raw = await build(deps, tx, { open, contact, params, effect, route, template });
    return { kind: 'ready', prepared: { raw, route } };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ProviderError)
      return { kind: 'ready', prepared: { refusal: error.message } };
    throw error;
  }
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
type ToBuild = {
  open: Open;
  contact: Recipient;
  params: Mail;
  effect: EffectRow;
  route: MailRoute;
  /** The stored template that the mail names. */
  template: ResolvedTemplate | null | undefined;
};

/** Makes the bytes of a mail and notes it, also where its address is one that no mail can go to. */
async function build(deps: MessagingDeps, tx: Tx, of: ToBuild): Promise<Buffer> {
  const { open, contact, params, effect, route, template } = of;
  const source = sourceOf(params, template?.content);
  const keys = await deps.keys();
  const token = unsubscribeToken(keys, {
    workspaceId: open.run.workspace_id,
    contactId: contact.id,
    channel: 'email',
  });
  const url = params.isTransactional ? null : `${deps.publicUrl}/u/${token}`;
  const variables = {
    contact: contactFacts(contact),
    ...params.variables,
  };
  const message = renderMessage(source, variables, url, zoneOf([params.zone, contact.zone]));
  const recipient = contact.email ?? '';
  const { subject } = message;
  const mail = { workspaceId: effect.workspace_id, effectId: effect.id, contactId: contact.id, recipient, subject };
  const note = async (bytes: Buffer | null): Promise<void> => reportRepeats(tx, mail, await noteMail(tx, mail, bytes));
  const { raw } = await buildMessage(
    {
      key: `${open.run.workspace_id}/${effect.key}`,
      mailId: mailIdOf(keys, effect.id),
      from: route.from,
      ...(route.replyTo === undefined ? {} : { replyTo: route.replyTo }),
      to: { address: recipient },
      subject,
      html: message.html,
      date: effect.planned_at,
      ...(url === null ? {} : { unsubscribe: { url } }),
    },
    route.signing,
  ).catch(async (error: unknown) => {
    await note(null);
    throw error;
  });
  await note(raw);
  return raw;
}

/** Says to operators that people get one mail over and over: it may be meant, or a trigger fires more often than anybody thought. */
async function reportRepeats(tx: Tx, mail: NewMail, repeats: Repeats | null): Promise<void> {
  if (repeats === null) return;
  const { journey, step } = repeats;
  const message = `“${journey}” has sent one person the mail of its step ${step} five times and more within a day, from a run of its own each. Where that is not meant, pause it and look at what lets people in.`;
  await addToIncident(tx, { workspaceId: mail.workspaceId, runId: null, kind: 'journey.repeats', message });
}

function templateOf(workspaceId: string, { content }: Mail): Reading<ResolvedTemplate | null | undefined> {
  return content.kind === 'inline' ? noFacts : resolvedTemplate(workspaceId, 'message', content.template);
}

async function noteBounce(
  { db, keys }: MessagingDeps,
  { workspaceId, address, codes }: { workspaceId: string; address: string; codes: string },
): Promise<void> {
  const closed = { ...hashedEmail(await keys(), workspaceId, address), reason: 'bounced' as const, detail: codes };
  await inWorkspace(db, workspaceId, (tx) => suppress(tx, closed));
}

function asCallOutcome(outcome: MailOutcome): CallOutcome<ActionOutput<'sendMessage'>> {
  if (outcome.kind !== 'sent') return outcome;
  return { kind: 'done', result: { reply: outcome.reply, serverMessageId: outcome.serverMessageId } };
}
