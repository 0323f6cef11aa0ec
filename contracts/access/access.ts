/** The roles that a member of a workspace can hold. */
export const roles = ['viewer', 'designer', 'approver', 'engineer', 'operator', 'admin'] as const;

/** A role's name. */
export type Role = (typeof roles)[number];

/** Every right that a route can ask for: a thing and a verb. A key carries them itself, a member has them by role. */
export const permissions = [
  'contacts:read',
  'contacts:write',
  'contacts:erase',
  'events:write',
  'journeys:read',
  'journeys:write',
  'journeys:publish',
  'courses:read',
  'courses:write',
  'enrollments:read',
  'enrollments:write',
  'progress:write',
  'templates:read',
  'templates:write',
  'batches:read',
  'batches:write',
  'runs:read',
  'runs:operate',
  'gates:read',
  'gates:decide',
  'effects:read',
  'effects:resolve',
  'members:read',
  'members:write',
  'keys:read',
  'keys:write',
  'audit:read',
  'system:read',
] as const;

/** A right's name. */
export type Permission = (typeof permissions)[number];

/**
 * Who may call a route: holders of a right; anyone who is signed in or has a key (`signedIn`); anyone at all (`public`).
 * A route that says nothing is refused.
 */
export type Access = Permission | 'signedIn' | 'public';

/** What a key may carry: rights, and `role:…` which makes it an assignee of the gates of that role. */
export const scopes = [...permissions, ...roles.map((role) => `role:${role}` as const)] as const;

/** A key's scope. */
export type Scope = (typeof scopes)[number];

/** Read rights of everyone who is a member; a person named as a gate's assignee may decide it whatever the role. */
const everyone: readonly Permission[] = [
  'contacts:read',
  'journeys:read',
  'courses:read',
  'enrollments:read',
  'templates:read',
  'batches:read',
  'runs:read',
  'gates:read',
  'gates:decide',
  'effects:read',
  'members:read',
];

const making: readonly Permission[] = [
  'contacts:write',
  'journeys:write',
  'courses:write',
  'enrollments:write',
  'templates:write',
  'batches:write',
];

const permissionsOfRole: Record<Role, readonly Permission[]> = {
  viewer: everyone,
  approver: everyone,
  designer: [...everyone, ...making, 'journeys:publish'],
  engineer: [...everyone, ...making, 'journeys:publish', 'events:write', 'progress:write', 'runs:operate'],
  operator: [
    ...everyone,
    'contacts:write',
    'contacts:erase',
    'enrollments:write',
    'batches:write',
    'runs:operate',
    'effects:resolve',
  ],
  admin: permissions,
};

/** The rights of a member who holds `held`: the union over the roles. */
export function permissionsOf(held: readonly Role[]): ReadonlySet<Permission> {
  return new Set(held.flatMap((role) => permissionsOfRole[role]));
}
