import { endTestMail, handOffTestMail, mailToTest, type TestMail } from '../../platform/db/access/test-mails.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { buildMessage, envelopeOf } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { EmailSender } from '../providers/email/smtp/smtp-pool.ts';
import { storedMail, waitsForMailServer } from './mail-of-workspace.ts';
import type { MessagingDeps } from './messaging.activities.ts';

/**
 * Sends one test mail to the member who asked for it, at most once, by the workspace's server and from its sender. It is no mail to a person: it
 * carries no id of one, so nothing that comes back of it closes an address (docs/adr/0011-password-resets-are-their-own-ledger.md).
 */
export async function mailTest(deps: MessagingDeps, asked: TestMail): Promise<void> {
  const { workspaceId } = asked;
  const ready = await build(deps, asked);
  const outcome = ready && (ready === 'unreadable' ? waitsForMailServer : await send(deps, asked, ready));
  if (outcome?.kind === 'fenced') return;
  const end = outcome?.kind === 'deferred' ? 'later' : 'over';
  await inWorkspace(deps.db, workspaceId, (tx) => endTestMail(tx, asked, end));
}

function send({ db }: MessagingDeps, asked: TestMail, { raw, email }: Ready): ReturnType<EmailSender['send']> {
  const fence = (): Promise<boolean> => inWorkspace(db, asked.workspaceId, (tx) => handOffTestMail(tx, asked));
  return email.send({ envelope: envelopeOf(raw), raw, fence });
}

type Ready = { raw: Buffer; email: EmailSender };

/** The bytes of the mail and the server that it goes by; null where it has left, or its address is one that no mail can go to. */
async function build({ db, mailOf }: MessagingDeps, asked: TestMail): Promise<Ready | 'unreadable' | null> {
  const { workspaceId, id } = asked;
  const found = await inWorkspace(db, workspaceId, async (tx) => {
    const mail = await mailToTest(tx, asked);
    return mail && { ...mail, route: await mailOf(await readOne(tx, storedMail(workspaceId)), null) };
  });
  if (!found) return null;
  const { to, words, route } = found;
  if (route === 'unreadable') return route;
  const { email, signing, from, replyTo } = route;
  try {
    const key = `${workspaceId}/test-mail/${id}`;
    const content = { key, from, ...(replyTo ? { replyTo } : {}), to, ...words, date: new Date() };
    return { raw: (await buildMessage(content, signing)).raw, email };
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
