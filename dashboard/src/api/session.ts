import { queryOptions, useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import type { Permission } from '../../../contracts/access/access.ts';
import { Session, type SetPassword, type SignIn, Workspace } from '../../../contracts/access/session-api.schema.ts';
import { request, requestNothing } from './http/request.ts';

/** Who is signed in, in which workspace, with what rights. */
export const sessionQuery = queryOptions({
  queryKey: ['/v1/session'],
  queryFn: ({ signal }) => request(Session, '/v1/session', { signal }),
  staleTime: 60_000,
});

/** The session; null until it is known. Every page below the frame has one. */
export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null;
}

/** Whether the person may do something. The server decides it again. */
export function useCan(permission: Permission): boolean {
  return useSession()?.permissions.includes(permission) ?? false;
}

/** Signs a person in. @throws ApiProblem */
export function signIn(credentials: SignIn): Promise<Session> {
  return request(Session, '/v1/session', { method: 'POST', body: credentials });
}

/** Ends the session. */
export function signOut(): Promise<void> {
  return requestNothing('/v1/session', { method: 'DELETE' });
}

/** Sets the person's password, which ends their other sessions. @throws ApiProblem */
export function setPassword(password: SetPassword): Promise<void> {
  return requestNothing('/v1/session/password', { method: 'PUT', body: password });
}

const Workspaces = z.looseObject({ items: z.array(Workspace) });

/** The workspaces of the person. */
export const workspacesQuery = queryOptions({
  queryKey: ['/v1/workspaces'],
  queryFn: ({ signal }) => request(Workspaces, '/v1/workspaces', { signal }),
});

/** Opens another workspace of the person. @throws ApiProblem */
export function openWorkspace(workspaceId: string): Promise<Session> {
  return request(Session, '/v1/session/workspace', { method: 'POST', body: { workspaceId } });
}
