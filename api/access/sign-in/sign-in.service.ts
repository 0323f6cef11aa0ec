import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Setup } from '../../../contracts/access/session-api.schema.ts';
import {
  findSignInLink,
  type LinkPurpose,
  redeemSetup,
  redeemSignInLink,
} from '../../../platform/db/access/sessions.ts';
import { hashToken } from '../../../platform/tokens.ts';
import { isUniqueViolation } from '../../http/errors/database-errors.ts';
import { OriginCheck } from '../../http/caller/origin-check.ts';
import { hashPassword } from '../../http/caller/passwords.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { SessionOpener } from '../../http/caller/session-opener.ts';
import { Store } from '../../http/store.ts';

/** Uses one-time links up, each of them once, also under concurrent requests. */
@Injectable()
export class SignInService {
  constructor(
    private readonly store: Store,
    private readonly opener: SessionOpener,
    private readonly origin: OriginCheck,
  ) {}

  /** The link if it can be used now; looking uses nothing up. */
  async find(token: string, purpose: LinkPurpose): Promise<{ name: string | null } | null> {
    const link = await findSignInLink(this.store.app, hashToken(token));
    return link?.purpose === purpose && link.usable ? { name: link.name } : null;
  }

  async signIn(token: string, request: ApiRequest, reply: FastifyReply): Promise<boolean> {
    this.origin.refuseForeign(request);
    const member = await redeemSignInLink(this.store.app, hashToken(token));
    if (!member) return false;
    await this.opener.open({ ...member, isByLink: true }, 'session.signedInByLink', request, reply);
    return true;
  }

  /**
   * `closed` where the link is used up or the installation has an admin, `taken` where it has that workspace or person; then nothing
   * is changed.
   */
  async setUp(
    token: string,
    setup: Setup,
    request: ApiRequest,
    reply: FastifyReply,
  ): Promise<'done' | 'taken' | 'closed'> {
    this.origin.refuseForeign(request);
    if (!(await this.find(token, 'setup'))) return 'closed';
    const { password, ...admin } = setup;
    const passwordHash = await hashPassword(password);
    try {
      const member = await redeemSetup(this.store.app, hashToken(token), { ...admin, passwordHash });
      if (!member) return 'closed';
      await this.opener.open(member, 'installation.setUp', request, reply);
      return 'done';
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return (await this.find(token, 'setup')) ? 'taken' : 'closed';
    }
  }
}
