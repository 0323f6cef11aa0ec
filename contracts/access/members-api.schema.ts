import { z } from 'zod';
import { roles } from './access.ts';
import { Id, Instant } from '../core/values.schema.ts';

const Roles = z.array(z.enum(roles)).min(1).max(roles.length);

/** A member of the workspace. */
export const Member = z
  .strictObject({
    id: Id,
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(roles)),
    createdAt: Instant,
    disabledAt: Instant.nullable(),
  })
  .meta({ id: 'Member' });
/** A member of the workspace. */
export type Member = z.infer<typeof Member>;

/** Invites a person. */
export const NewMember = z
  .strictObject({ email: z.email().max(254), name: z.string().min(1).max(100), roles: Roles })
  .meta({ id: 'NewMember' });
/** Invites a person. */
export type NewMember = z.infer<typeof NewMember>;

/** Changes a member; what is left out stays. */
export const MemberChange = z
  .strictObject({ roles: Roles.optional(), disabled: z.boolean().optional() })
  .meta({ id: 'MemberChange' });
/** Changes a member. */
export type MemberChange = z.infer<typeof MemberChange>;

/** A one-time link with which a member signs in; pass it on to them alone. */
export const SignInLink = z.strictObject({ url: z.url(), expiresAt: Instant }).meta({ id: 'SignInLink' });
/** A one-time link. */
export type SignInLink = z.infer<typeof SignInLink>;
