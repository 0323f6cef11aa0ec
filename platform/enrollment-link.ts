import type { MasterKeys } from './keys/master-keys.ts';
import { signToken, verifyToken } from './tokens.ts';

/** Whose page a learner's link opens. */
export type EnrollmentTarget = { workspaceId: string; enrollmentId: string };

/** The address of a learner's own page. The link never expires: it also shows the receipt, and says that all is over when it is. */
export function enrollmentPageUrl(publicUrl: string, keys: MasterKeys, target: EnrollmentTarget): string {
  return `${publicUrl}/e/${signToken(keys, 'enrollment', `${target.workspaceId} ${target.enrollmentId}`)}`;
}

/** The target of a link's token that we made, or null. */
export function readEnrollmentToken(keys: MasterKeys, token: string): EnrollmentTarget | null {
  const [workspaceId, enrollmentId] = verifyToken(keys, 'enrollment', token)?.split(' ') ?? [];
  return workspaceId === undefined || enrollmentId === undefined ? null : { workspaceId, enrollmentId };
}
