import { Inject, Injectable } from '@nestjs/common';
import { type Role, roles } from '../../../contracts/access/access.ts';
import type { Member, MemberChange, NewMember, SignInLink } from '../../../contracts/access/members-api.schema.ts';
import type { Workspace } from '../../../contracts/access/session-api.schema.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import { invitationMail } from '../../../domain/messaging/invitation.ts';
import type { Config } from '../../../platform/config.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import {
  changeMember,
  findMember,
  insertSignInLink,
  inviteMember,
  listMembers,
  type MemberRow,
  takePassword,
} from '../../../platform/db/access/members.ts';
import { askMemberMail } from '../../../platform/db/access/test-mails.ts';
import { workspacesOfPerson } from '../../../platform/db/access/sessions.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { hashToken, newToken } from '../../../platform/tokens.ts';
import { AppError, conflict, notFound } from '../../http/errors/app-error.ts';
import { Authenticator } from '../../http/caller/authenticator.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import { CONFIG } from '../../http/parts.ts';
import { auditActor, type Principal } from '../../http/caller/principal.ts';
import { LeftGates } from '../../http/left-gates.ts';
import { Store } from '../../http/store.ts';

/** A sign-in link is passed on in person or by chat; a day is long enough. */
const linkHours = 24;

/** Invites, changes and disables the members of one workspace. */
@Injectable()
export class MembersService {
  constructor(
    private readonly store: Store,
    private readonly authenticator: Authenticator,
    private readonly leftGates: LeftGates,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async workspaces(caller: Principal): Promise<{ items: Workspace[] }> {
    if (caller.session) {
      const rows = await workspacesOfPerson(this.store.app, caller.session.personId);
      return { items: rows.map(({ id, slug, name, zone }) => ({ id, slug, name, zone })) };
    }
    const own = await this.store.inWorkspace(caller, (tx) => findWorkspace(tx, caller.workspaceId));
    return { items: own ? [own] : [] };
  }

  async list(caller: Principal, query: PageQuery): Promise<Page<Member>> {
    const page = { workspaceId: caller.workspaceId, before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listMembers(tx, page));
    return pageById(rows, query.limit, memberOf);
  }

  async invite(caller: Principal, input: NewMember): Promise<Member> {
    if (input.roles.includes('admin')) requirePerson(caller);
    return this.store.inWorkspace(caller, async (tx) => {
      const id = await inviteMember(tx, input);
      if (id === null) throw conflict('member.known', 'This person is a member already');
      await this.record(tx, caller, 'member.invited', id, { roles: input.roles });
      await this.mailInvitation(tx, caller, { memberId: id, name: input.name });
      return this.member(tx, caller, id);
    });
  }

  async change(caller: Principal, id: string, change: MemberChange): Promise<Member> {
    const member = await this.store.inWorkspace(caller, async (tx) => {
      const before = await this.member(tx, caller, id);
      if (before.roles.includes('admin') || change.roles?.includes('admin')) requirePerson(caller);
      const changed = await changeMember(tx, {
        workspaceId: caller.workspaceId,
        id,
        ...(change.roles ? { roles: change.roles } : {}),
        ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
      });
      if (changed === 'unknown') throw notFound('member');
      if (changed === 'lastAdmin') throw conflict('member.lastAdmin', 'A workspace keeps at least one admin');
      await this.record(tx, caller, 'member.changed', id, change);
      return this.member(tx, caller, id);
    });
    await this.leftGates.mail(caller);
    this.authenticator.forget();
    return member;
  }

  /** Only for people: a key that could make links could become an admin. */
  async signInLink(caller: Principal, memberId: string): Promise<SignInLink> {
    requirePerson(caller);
    const token = newToken();
    const expiresAt = new Date(Date.now() + linkHours * 3_600_000);
    await this.store.inWorkspace(caller, async (tx) => {
      await this.member(tx, caller, memberId);
      const isMade = await insertSignInLink(tx, { tokenHash: hashToken(token), memberId, expiresAt });
      if (!isMade) {
        throw conflict('member.noLink', 'No link for a disabled member, nor for a person of several workspaces');
      }
      await this.record(tx, caller, 'member.linkMade', memberId, {});
    });
    return { url: `${this.config.PUBLIC_URL}/sign-in/${token}`, expiresAt: expiresAt.toISOString() };
  }

  /** For a password that is lost or known to others. Only for people, as a link is. */
  async takePassword(caller: Principal, memberId: string): Promise<void> {
    requirePerson(caller);
    await this.store.inWorkspace(caller, async (tx) => {
      await this.member(tx, caller, memberId);
      if (!(await takePassword(tx, memberId)))
        throw conflict(
          'member.elsewhere',
          'The person belongs to another workspace too; only the operator may do this',
        );
      await this.record(tx, caller, 'member.passwordTaken', memberId, {});
    });
    this.authenticator.forget();
  }

  /** The mail holds no link that lets someone in: an admin passes one on, or the person asks for one to their own address. */
  private async mailInvitation(
    tx: Tx,
    { workspaceId, actor }: Principal,
    { memberId, name }: { memberId: string; name: string },
  ): Promise<void> {
    const workspace = await findWorkspace(tx, workspaceId);
    const invited = { name, by: actor.name, workspace: workspace?.name ?? '', publicUrl: this.config.PUBLIC_URL };
    await askMemberMail(tx, { workspaceId, memberId, words: invitationMail(invited) });
  }

  private async member(tx: Tx, caller: Principal, id: string): Promise<Member> {
    const row = await findMember(tx, caller.workspaceId, id);
    if (!row) throw notFound('member');
    return memberOf(row);
  }

  private record(tx: Tx, caller: Principal, act: string, id: string, detail: MemberChange): Promise<void> {
    return recordAudit(tx, { ...auditActor(caller), act, subject: { kind: 'member', id }, detail });
  }
}

/** Making, changing and replacing admins is for people: a key that could do it would be worth more than the person who made it. */
function requirePerson(caller: Principal): void {
  if (caller.actor.kind !== 'member')
    throw new AppError(403, 'auth.forbidden', { detail: 'Only a person may do this' });
}

function memberOf(row: MemberRow): Member {
  const held: Role[] = roles.filter((role) => row.roles.includes(role));
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    roles: held,
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
  };
}
