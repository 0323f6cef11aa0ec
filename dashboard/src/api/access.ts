import { ApiKey, CreatedApiKey, type NewApiKey } from '../../../contracts/access/api-keys-api.schema.ts';
import { Member, type MemberChange, type NewMember, SignInLink } from '../../../contracts/access/members-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { request, requestNothing } from './http/request.ts';

/** The members of the workspace. */
export const membersQuery = listQuery({ path: '/v1/members', item: Member, query: {}, meta: { topics: [] } });

/** Invites a member. `once` is the same for each try of one invitation. @throws ApiProblem */
export function inviteMember(member: NewMember, once: string): Promise<Member> {
  return request(Member, '/v1/members', { method: 'POST', body: member, once });
}

/** Changes what a member may do. @throws ApiProblem */
export function changeMember(id: string, change: MemberChange): Promise<Member> {
  return request(Member, `/v1/members/${id}`, { method: 'PATCH', body: change });
}

/** Makes a link that signs a member in, once. @throws ApiProblem */
export function createSignInLink(id: string): Promise<SignInLink> {
  return request(SignInLink, `/v1/members/${id}/sign-in-links`, { method: 'POST' });
}

/** The keys of the workspace. */
export const apiKeysQuery = listQuery({ path: '/v1/api-keys', item: ApiKey, query: {}, meta: { topics: [] } });

/** Makes a key; its secret comes with this answer alone. @throws ApiProblem */
export function createApiKey(key: NewApiKey): Promise<CreatedApiKey> {
  return request(CreatedApiKey, '/v1/api-keys', { method: 'POST', body: key });
}

/** Lets no call with this key pass any more. @throws ApiProblem */
export function revokeApiKey(id: string): Promise<void> {
  return requestNothing(`/v1/api-keys/${id}`, { method: 'DELETE' });
}
