import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AskPasswordReset } from '../../../contracts/access/session-api.schema.ts';
import { askPasswordReset, redeemPasswordReset } from '../../../platform/db/access/password-resets.ts';
import { hashToken } from '../../../platform/tokens.ts';
import { Attempts } from '../../http/caller/attempts.ts';
import { networkOf } from '../../http/caller/network-of.ts';
import { OriginCheck } from '../../http/caller/origin-check.ts';
import { hashPassword } from '../../http/caller/passwords.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { SessionOpener } from '../../http/caller/session-opener.ts';
import { Store } from '../../http/store.ts';

/** Requests within a quarter of an hour: for one account from one address, and from one address for all, as wrong passwords are counted. */
const throttle = { perPair: 10, perAddress: 50 } as const;

/** A forgotten password is set anew by a link that is mailed. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly store: Store,
    private readonly attempts: Attempts,
    private readonly opener: SessionOpener,
    private readonly origin: OriginCheck,
  ) {}

  /** Notes the request and looks nothing up, so that neither the answer nor its time says whether the address is known. */
  async ask({ email }: AskPasswordReset, request: ApiRequest): Promise<void> {
    this.origin.refuseForeign(request);
    const network = networkOf(request.ip);
    await this.attempts.requireFew(`reset ${network} ${email.toLowerCase()}`, throttle.perPair);
    await this.attempts.requireFew(`reset ${network}`, throttle.perAddress);
    await askPasswordReset(this.store.app, { email, from: request.ip });
  }

  /** Sets the password, ends all sessions of the person and signs them in. @returns false where the link sets nothing any more */
  async redeem(token: string, password: string, request: ApiRequest, reply: FastifyReply): Promise<boolean> {
    this.origin.refuseForeign(request);
    const member = await redeemPasswordReset(this.store.app, hashToken(token), await hashPassword(password));
    if (!member) return false;
    await this.opener.open(member, 'password.reset', request, reply);
    return true;
  }
}
