import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Session, SetPassword, SignIn } from '../../../contracts/access/session-api.schema.ts';
import type { Config } from '../../../platform/config.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import {
  closeSession,
  findLogin,
  type Login,
  passwordOfSession,
  setPassword,
  workspacesOfPerson,
} from '../../../platform/db/access/sessions.ts';
import { AppError, notFound } from '../../http/errors/app-error.ts';
import { Attempts } from '../../http/caller/attempts.ts';
import { Authenticator } from '../../http/caller/authenticator.ts';
import { clearSessionCookie } from '../../http/caller/cookies.ts';
import { networkOf } from '../../http/caller/network-of.ts';
import { OriginCheck } from '../../http/caller/origin-check.ts';
import { CONFIG } from '../../http/parts.ts';
import { type ApiRequest, auditActor, type Principal } from '../../http/caller/principal.ts';
import { SessionOpener } from '../../http/caller/session-opener.ts';
import { Store } from '../../http/store.ts';
import { hashPassword, isPassword } from '../../http/caller/passwords.ts';
import { KnownWorkspaces } from './known-workspaces.ts';
import { StreamPlace } from './stream-place.ts';

/**
 * Wrong passwords within a quarter of an hour before the next ones are not looked at: for one account from one address, so that nobody
 * shuts another person out from elsewhere; from one address for all accounts; and of a session that changes its password.
 */
const throttle = { perPair: 10, perAddress: 50, perSession: 10 } as const;

/** Signs people in and out; sessions live on the server, a new one at every sign-in. */
@Injectable()
export class SessionService {
  constructor(
    private readonly store: Store,
    private readonly opener: SessionOpener,
    private readonly origin: OriginCheck,
    private readonly attempts: Attempts,
    private readonly authenticator: Authenticator,
    private readonly workspaces: KnownWorkspaces,
    private readonly place: StreamPlace,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async show(caller: Principal): Promise<Session> {
    const [workspace, lastEventId] = await Promise.all([this.workspaces.of(caller), this.place.lastEventId()]);
    return {
      workspace,
      actor: caller.actor,
      roles: [...caller.roles],
      permissions: [...caller.permissions],
      expiresAt: caller.expiresAt?.toISOString() ?? null,
      lastEventId,
    };
  }

  async signIn(input: SignIn, request: ApiRequest, reply: FastifyReply): Promise<Session> {
    this.origin.refuseForeign(request);
    const network = networkOf(request.ip);
    const pair = `pair ${network} ${input.email.toLowerCase()}`;
    const address = `address ${network}`;
    await this.attempts.requireFew(pair, throttle.perPair);
    await this.attempts.requireFew(address, throttle.perAddress);
    const login = await findLogin(this.store.app, input.email, input.workspace ?? null);
    if (!(await isPassword(login?.passwordHash, input.password)) || !login) {
      if (login) await this.noteRefused(login, request);
      throw new AppError(401, 'session.refused', { detail: 'E-mail or password is wrong' });
    }
    await this.attempts.forget(pair);
    await this.attempts.takeBack(address);
    return this.show(await this.opener.open(login, 'session.signedIn', request, reply));
  }

  async signOut(caller: Principal, reply: FastifyReply): Promise<void> {
    const { session } = caller;
    if (!session) throw new AppError(409, 'session.isKey', { detail: 'A key has no session; revoke it instead' });
    await this.store.inWorkspace(caller, async (tx) => {
      await closeSession(tx, session.tokenHash);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'session.signedOut',
        subject: { kind: 'member', id: caller.actor.id },
      });
    });
    this.authenticator.forget();
    clearSessionCookie(reply, this.config);
  }

  async switchTo(caller: Principal, workspaceId: string, request: ApiRequest, reply: FastifyReply): Promise<Session> {
    if (!caller.session) throw new AppError(409, 'session.isKey', { detail: 'A key belongs to one workspace' });
    const workspaces = await workspacesOfPerson(this.store.app, caller.session.personId);
    const target = workspaces.find((workspace) => workspace.id === workspaceId);
    if (!target) throw notFound('workspace');
    const login = { workspaceId: target.id, memberId: target.memberId };
    return this.show(await this.opener.open(login, 'session.switched', request, reply));
  }

  async setPassword(caller: Principal, input: SetPassword): Promise<void> {
    const { session } = caller;
    if (!session) throw new AppError(409, 'session.isKey', { detail: 'A key has no password' });
    const own = `password ${session.personId}`;
    await this.attempts.requireFew(own, throttle.perSession);
    const stored = await passwordOfSession(this.store.app, session.tokenHash);
    // Who has come by a link has no password, or has forgotten it, or must replace it.
    const isFree = stored?.passwordHash === null || stored?.isByLink === true;
    if (!stored || !(isFree || (await isPassword(stored.passwordHash, input.current ?? '')))) {
      throw new AppError(422, 'password.refused', {
        detail: 'The current password is wrong',
        errors: [{ path: 'current', code: 'password.refused', message: 'not the current password' }],
      });
    }
    await this.attempts.forget(own);
    await setPassword(this.store.app, session.tokenHash, await hashPassword(input.next));
    this.authenticator.forget();
    await this.store.inWorkspace(caller, (tx) =>
      recordAudit(tx, {
        ...auditActor(caller),
        act: 'password.set',
        subject: { kind: 'member', id: caller.actor.id },
      }),
    );
  }

  /** A wrong password of a member is in the audit log of their workspace; the throttle bounds how often. */
  private async noteRefused({ workspaceId, memberId }: Login, request: ApiRequest): Promise<void> {
    await this.store.inWorkspace({ workspaceId }, (tx) =>
      recordAudit(tx, {
        workspaceId,
        actor: { kind: 'system', id: null },
        act: 'session.refused',
        subject: { kind: 'member', id: memberId },
        detail: { from: request.ip },
        requestId: request.id,
      }),
    );
  }
}
