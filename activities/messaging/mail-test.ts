import { endTestMail, handOffTestMail, mailToTest, type TestMail } from '../../platform/db/access/test-mails.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { buildMessage, envelopeOf } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { MessagingDeps } from './messaging.activities.ts';
import { senderOf } from './senders.ts';

/**
 * Sends one test mail to the member who asked for it, at most once, from the workspace's sender. It is no mail to a person: it carries no id
 * of one, so nothing that comes back of it closes an address (docs/adr/0011-password-resets-are-their-own-ledger.md).
 */
export async function mailTest(deps: MessagingDeps, asked: TestMail): Promise<void> {
  const { workspaceId } = asked;
  const raw = await build(deps, asked);
  const outcome = raw && (await deps.email.send({ envelope: envelopeOf(raw), raw, fence: () => handOff(deps, asked) }));
  if (outcome?.kind === 'fenced') return;
  const end = outcome?.kind === 'deferred' ? 'later' : 'over';
  await inWorkspace(deps.db, workspaceId, (tx) => endTestMail(tx, asked, end));
}

function handOff({ db }: MessagingDeps, asked: TestMail): Promise<boolean> {
  return inWorkspace(db, asked.workspaceId, (tx) => handOffTestMail(tx, asked));
}

/** The bytes of the mail; null where it has left, or its address is one that no mail can go to. */
async function build({ db, senders, signing }: MessagingDeps, asked: TestMail): Promise<Buffer | null> {
  const { workspaceId, id } = asked;
  const found = await inWorkspace(db, workspaceId, async (tx) => {
    const mail = await mailToTest(tx, asked);
    return mail && { ...mail, sender: await senderOf(tx, workspaceId, senders) };
  });
  if (!found) return null;
  const { to, words, sender } = found;
  try {
    const content = { key: `${workspaceId}/test-mail/${id}`, ...sender, to, ...words, date: new Date() };
    return (await buildMessage(content, signing)).raw;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
