import type { ApiKey, CreatedApiKey, NewApiKey } from '../../../contracts/access/api-keys-api.schema.ts';
import { apiKeyRoutes } from '../../../contracts/access/api-keys.routes.ts';
import type { Member, MemberChange, NewMember, SignInLink } from '../../../contracts/access/members-api.schema.ts';
import { memberRoutes } from '../../../contracts/access/members.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** The members of the workspace. */
export const membersQuery = listQuery({ route: memberRoutes.list, call: {}, meta: { topics: [] } });

/** Invites a member. `once` is the same for each try of one invitation. @throws ApiProblem */
export function inviteMember(member: NewMember, once: string): Promise<Member> {
  return request(memberRoutes.invite, { body: member, once });
}

/** Changes what a member may do. @throws ApiProblem */
export function changeMember(id: string, change: MemberChange): Promise<Member> {
  return request(memberRoutes.change, { id, body: change });
}

/** Makes a link that signs a member in, once. @throws ApiProblem */
export function createSignInLink(id: string): Promise<SignInLink> {
  return request(memberRoutes.link, { id });
}

/** Takes a member's password and ends their sessions and links. @throws ApiProblem */
export function takePassword(id: string): Promise<void> {
  return request(memberRoutes.takePassword, { id });
}

/** The keys of the workspace. */
export const apiKeysQuery = listQuery({ route: apiKeyRoutes.list, call: {}, meta: { topics: [] } });

/** The keys that a member has made: they end with them. */
export const keysOfQuery = (createdBy: string) =>
  listQuery({ route: apiKeyRoutes.list, call: { query: { createdBy } }, limit: 200, meta: { topics: [] } });

/** Makes a key; its secret comes with this answer alone. @throws ApiProblem */
export function createApiKey(key: NewApiKey): Promise<CreatedApiKey> {
  return request(apiKeyRoutes.create, { body: key });
}

/** Lets no call with this key pass any more. @throws ApiProblem */
export function revokeApiKey(id: string): Promise<ApiKey> {
  return request(apiKeyRoutes.revoke, { id });
}
