import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { testCopyOf } from '../../domain/messaging/test-copy.ts';
import type { RenderedMessage } from '../../domain/messaging/render-message.ts';
import { type AuditEntry, recordAudit } from '../../platform/db/access/audit.ts';
import { askTestMail, testMailsAnHour } from '../../platform/db/access/test-mails.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { auditActor, type Principal, requirePerson } from './caller/principal.ts';
import { AppError } from './errors/app-error.ts';

/** What is tested, as the audit log names it. */
type Tested = Pick<AuditEntry, 'subject' | 'detail'>;

/**
 * Has a mail that the caller may see sent to the caller's own address as a test.
 * @throws AppError 403 for a key, 429 `testMail.tooMany` after as many as an hour allows
 */
export async function sendTest(
  tx: Tx,
  caller: Principal,
  mail: RenderedMessage,
  tested: Tested,
): Promise<TestMailAsked> {
  requirePerson(caller);
  const { workspaceId } = caller;
  const to = await askTestMail(tx, { workspaceId, memberId: caller.actor.id, words: testCopyOf(mail) });
  if (to === null)
    throw new AppError(429, 'testMail.tooMany', {
      detail: `You have sent yourself ${testMailsAnHour} tests within an hour; wait, then send the next one`,
      retryAfterSeconds: 600,
    });
  await recordAudit(tx, { ...auditActor(caller), act: 'mail.tested', ...tested });
  return { to };
}
