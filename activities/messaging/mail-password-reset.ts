import { recordAudit } from '../../platform/db/access/audit.ts';
import {
  findResetPerson,
  handOffPasswordReset,
  resetMinutes,
  takeBackPasswordReset,
  type PasswordReset,
} from '../../platform/db/access/password-resets.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { hashToken, newToken } from '../../platform/tokens.ts';
import { buildMessage } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { MessagingDeps } from './messaging.activities.ts';
import { renderMessage } from '../../domain/messaging/render-message.ts';

const words = {
  subject: 'Set a new password',
  markdown: `Hello {{ name }},

a new password was asked for at {{ host }}.

[Set a new password]({{ url }})

The link works once and for {{ minutes }} minutes. If you did not ask, do nothing: your password stays as it is.`,
};

/**
 * Mails the link for a new password to the person of an address, from the installation's sender, at most once. The token is stored nowhere
 * and its hash only when the bytes leave, so each attempt has one of its own (docs/adr/0011-password-resets-are-their-own-ledger.md).
 * @returns whether nothing is left to do: false where the mail server says "later"
 */
export async function mailPasswordReset(deps: MessagingDeps, asked: PasswordReset): Promise<boolean> {
  const person = await findResetPerson(deps.db, asked.email);
  if (!person) return true;
  const { workspaceId, memberId } = person;
  const token = newToken();
  const tokenHash = hashToken(token);
  const raw = await build(deps, { key: `password-reset/${asked.id}/${asked.attempt}`, person, token });
  if (raw === null) return true;
  const fence = (): Promise<boolean> =>
    inWorkspace(deps.db, workspaceId, async (tx) => {
      if (!(await handOffPasswordReset(tx, asked, { tokenHash, workspaceId, memberId }))) return false;
      await recordAudit(tx, {
        workspaceId,
        actor: { kind: 'system', id: null },
        act: 'password.resetMailed',
        subject: { kind: 'member', id: memberId },
        detail: { from: asked.askedFrom },
      });
      return true;
    });
  const envelope = { from: deps.installation.senders[0].address, to: person.email };
  const outcome = await deps.installation.email.send({ envelope, raw, fence });
  if (outcome.kind !== 'deferred') return true;
  await takeBackPasswordReset(deps.db, asked, tokenHash);
  return false;
}

/** The bytes of the mail; null for an address that no mail can go to. */
async function build(
  deps: MessagingDeps,
  { key, person, token }: { key: string; person: { email: string; name: string }; token: string },
): Promise<Buffer | null> {
  const { host } = new URL(deps.publicUrl);
  const variables = {
    name: person.name,
    host,
    url: `${deps.publicUrl}/reset-password/${token}`,
    minutes: resetMinutes,
  };
  const { subject, html } = renderMessage(words, variables, null);
  const to = { name: person.name, address: person.email };
  try {
    const mail = { key, from: deps.installation.senders[0], to, subject, html, date: new Date() };
    return (await buildMessage(mail, deps.installation.signing)).raw;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
