import type { ActionOutput } from '../../contracts/core/actions.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { MailOutcome } from '../../contracts/core/providers.ts';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import { QUIET_HOURS } from '../../platform/db/runs/incidents.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { hashedEmail, suppress } from '../../platform/db/contacts/suppression.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { effectsTogether } from '../effects/run-effect.ts';
import { envelopeOf } from '../providers/email/build-message.ts';
import type { InstallationMail, MailOf } from './mail-of-workspace.ts';
import { mailFacts, type MailFacts, prepareMails, type PreparedMail } from './prepare-mails.ts';
import { withReturnPath } from './return-path.ts';

/** What sending needs. `keys` sign unsubscribe links and hash addresses. */
export type MessagingDeps = {
  db: Db;
  mailOf: MailOf;
  /** By what mails go that are of no workspace. */
  installation: InstallationMail;
  publicUrl: string;
  keys: KeySource;
};

/** The activity that sends mail: at most once, behind the fence of the SMTP session. Those that come together are claimed, fenced and settled together. */
export function createMessagingActivities(deps: MessagingDeps): Pick<ActionActivities, 'sendMessage'> {
  return {
    sendMessage: effectsTogether<'sendMessage', PreparedMail, MailFacts>(deps.db, {
      action: 'sendMessage',
      facts: mailFacts,
      prepareAll: (tx, all) => prepareMails(deps, tx, all),
      async call(prepared, { effect, fence }) {
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
          await noteBounce(deps, { workspaceId: effect.workspace_id, address: envelope.to, codes: outcome.bounce });
        return asCallOutcome(outcome);
      },
    }),
  };
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
