import { Id, pageOf, PageQuery } from '../core/values.schema.ts';
import { Member, MemberChange, NewMember, SignInLink } from './members-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/members`. */
export const memberRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/members',
    summary: 'Lists the members, newest first',
    access: 'members:read',
    query: PageQuery,
    answer: pageOf(Member),
  }),
  invite: defineRoute({
    method: 'POST',
    path: '/v1/members',
    summary: 'Makes a person a member',
    access: 'members:write',
    body: NewMember,
    answer: Member,
    status: 201,
    idempotent: true,
  }),
  change: defineRoute({
    method: 'PATCH',
    path: '/v1/members/:id',
    summary: 'Changes a member’s roles, or disables the member',
    access: 'members:write',
    params: { id: Id },
    body: MemberChange,
    answer: Member,
  }),
  link: defineRoute({
    method: 'POST',
    path: '/v1/members/:id/sign-in-links',
    summary: 'Makes a one-time link with which the member signs in',
    access: 'members:write',
    params: { id: Id },
    answer: SignInLink,
    status: 201,
  }),
  takePassword: defineRoute({
    method: 'DELETE',
    path: '/v1/members/:id/password',
    summary: 'Takes a member’s password and ends their sessions; a link lets them in to set another',
    access: 'members:write',
    params: { id: Id },
  }),
};
