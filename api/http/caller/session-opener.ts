import type { FastifyReply } from 'fastify';
import type { Config } from '../../../platform/config.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { closeSession, openSession } from '../../../platform/db/access/sessions.ts';
import { hashToken, newToken } from '../../../platform/tokens.ts';
import { AppError } from '../errors/app-error.ts';
import type { Authenticator } from './authenticator.ts';
import { sessionToken, setSessionCookie } from './cookies.ts';
import type { ApiRequest, Principal } from './principal.ts';
import type { Store } from '../store.ts';

/** The longest a session lives; it also ends after three days without use. */
const sessionDays = 14;

/** Opens sessions: a new token each time, the browser's old one ended, the act in the audit log. */
export class SessionOpener {
  constructor(
    private readonly config: Config,
    private readonly store: Store,
    private readonly authenticator: Authenticator,
  ) {}

  /** Signs `member` in on this reply. @throws AppError 403 where cookies are not safe */
  async open(
    member: { workspaceId: string; memberId: string; isByLink?: boolean },
    act: string,
    request: ApiRequest,
    reply: FastifyReply,
  ): Promise<Principal> {
    const token = newToken();
    const expiresAt = new Date(Date.now() + sessionDays * 86_400_000);
    setSessionCookie(reply, this.config, { token, expiresAt });
    const old = sessionToken(request, this.config);
    await this.store.inWorkspace(member, async (tx) => {
      if (old) await closeSession(tx, hashToken(old));
      await openSession(tx, { ...member, tokenHash: hashToken(token), expiresAt });
      await recordAudit(tx, {
        workspaceId: member.workspaceId,
        actor: { kind: 'member', id: member.memberId },
        act,
        subject: { kind: 'member', id: member.memberId },
        requestId: request.id,
      });
    });
    this.authenticator.forget();
    const known = await this.authenticator.bySession(token);
    if (!known) throw new AppError(401, 'session.refused', { detail: 'This membership has ended' });
    return { ...known, requestId: request.id };
  }
}
