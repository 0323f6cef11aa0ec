import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Permission } from '../../../contracts/access/access.ts';
import { Session } from '../../../contracts/access/session-api.schema.ts';
import { request } from './request.ts';

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
