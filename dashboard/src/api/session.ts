import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Permission } from '../../../contracts/access/access.ts';
import type { AskPasswordReset, Session, SetPassword, SignIn } from '../../../contracts/access/session-api.schema.ts';
import type { NewView, SavedView } from '../../../contracts/access/views-api.schema.ts';
import { viewRoutes } from '../../../contracts/access/views.routes.ts';
import { sessionRoutes } from '../../../contracts/access/session.routes.ts';
import { request } from './http/request.ts';

/** Who is signed in, in which workspace, with what rights. */
export const sessionQuery = queryOptions({
  queryKey: [sessionRoutes.show.path],
  queryFn: ({ signal }) => request(sessionRoutes.show, { signal }),
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

/** What the person has narrowed the list of runs to, and given a name. */
export const runViewsQuery = queryOptions({
  queryKey: [viewRoutes.list.path, 'runs'],
  queryFn: ({ signal }) => request(viewRoutes.list, { query: { page: 'runs' }, signal }),
});

/** Saves a view of the list of runs; one of the same name is replaced. @throws ApiProblem */
export function saveRunView(view: Omit<NewView, 'page'>): Promise<SavedView> {
  return request(viewRoutes.save, { body: { page: 'runs', ...view } });
}

/** Removes a view. @throws ApiProblem */
export function removeView(id: string): Promise<void> {
  return request(viewRoutes.remove, { id });
}

/** Signs a person in. @throws ApiProblem */
export function signIn(credentials: SignIn): Promise<Session> {
  return request(sessionRoutes.signIn, { body: credentials });
}

/** Asks for a mail with a link for a new password; the answer says nothing of the address. @throws ApiProblem */
export function askPasswordReset(of: AskPasswordReset): Promise<void> {
  return request(sessionRoutes.askPasswordReset, { body: of });
}

/** Ends the session. */
export function signOut(): Promise<void> {
  return request(sessionRoutes.signOut, {});
}

/** Sets the person's password, which ends their other sessions. @throws ApiProblem */
export function setPassword(password: SetPassword): Promise<void> {
  return request(sessionRoutes.setPassword, { body: password });
}

/** The workspaces of the person. */
export const workspacesQuery = queryOptions({
  queryKey: [sessionRoutes.workspaces.path],
  queryFn: ({ signal }) => request(sessionRoutes.workspaces, { signal }),
});

/** Opens another workspace of the person. @throws ApiProblem */
export function openWorkspace(workspaceId: string): Promise<Session> {
  return request(sessionRoutes.switchTo, { body: { workspaceId } });
}
