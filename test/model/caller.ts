import { AppError } from '../../api/http/errors/app-error.ts';
import type { Principal } from '../../api/http/caller/principal.ts';
import { newId } from '../../platform/ids.ts';

/** A member who may do everything that a history asks for. */
export function principalOf(workspaceId: string): Principal {
  const caller = { workspaceId, actor: { kind: 'member', id: newId(), name: 'Eva' }, permissions: new Set() };
  const more = { roles: ['approver', 'operator'], createdBy: null, session: null, expiresAt: null, requestId: '' };
  return { ...caller, ...more } as unknown as Principal;
}

/** What the API refuses because of how things stand changes nothing. */
export async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.status === 409) return null;
    throw error;
  }
}
