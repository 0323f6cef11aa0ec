import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Permission, Role } from '../../../contracts/access/access.ts';
import type { AuditEntry } from '../../../platform/db/access/audit.ts';
import { AppError } from '../errors/app-error.ts';

/**
 * Who calls, in one workspace. `permissions` is what it may do, `roles` whose gates it may decide (of a key: its `role:…`
 * scopes). `session` is there for a person in a browser.
 */
export type Principal = {
  workspaceId: string;
  actor: { kind: 'member' | 'apiKey'; id: string; name: string };
  roles: readonly Role[];
  permissions: ReadonlySet<Permission>;
  /** The member who made the key. */
  createdBy: string | null;
  session: { tokenHash: Buffer; personId: string; expiresAt: Date } | null;
  expiresAt: Date | null;
  requestId: string;
};

/** A request that has passed authentication; `principal` is null for an unknown caller. */
export type ApiRequest = FastifyRequest & { principal?: Principal | null; rawBody?: Buffer };

/** The principal of a request. @throws AppError 401 */
export function principalOf(request: ApiRequest): Principal {
  if (!request.principal) throw new AppError(401, 'auth.required', { detail: 'Sign in, or send an API key' });
  return request.principal;
}

/** Refuses a caller without a right, where what is asked for needs more than its route. @throws AppError 403 `auth.forbidden` */
export function requireRight(caller: Pick<Principal, 'permissions'>, right: Permission): void {
  if (caller.permissions.has(right)) return;
  throw new AppError(403, 'auth.forbidden', { detail: `This needs the right ${right}`, extra: { needs: right } });
}

/** Refuses a key where only a person may act. @throws AppError 403 `auth.forbidden` */
export function requirePerson(caller: Pick<Principal, 'actor'>): void {
  if (caller.actor.kind !== 'member')
    throw new AppError(403, 'auth.forbidden', { detail: 'Only a person may do this' });
}

/** Parameter decorator: the `Principal` who calls. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<ApiRequest>()),
);

/** The part of an audit entry that says who did it. */
export function auditActor(caller: Principal): Pick<AuditEntry, 'workspaceId' | 'actor' | 'requestId'> {
  return {
    workspaceId: caller.workspaceId,
    actor: { kind: caller.actor.kind, id: caller.actor.id },
    requestId: caller.requestId,
  };
}

/** The member who asks by a call: the caller, or who made the key. Null: the operator made the key. */
export function requesterOf({ actor, createdBy }: Pick<Principal, 'actor' | 'createdBy'>): string | null {
  return actor.kind === 'member' ? actor.id : createdBy;
}

/** Which gates are the caller's to decide: those of their roles, and a member's own, but for what they have asked for themselves. */
export function mineOf(caller: Principal): {
  roles: readonly Role[];
  memberId: string | null;
  requesterId: string | null;
} {
  const { roles, actor } = caller;
  return { roles, memberId: actor.kind === 'member' ? actor.id : null, requesterId: requesterOf(caller) };
}
