import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Permission } from '../../../contracts/access/access.ts';
import type { IconName } from '../ui/icons.tsx';

/** A place in the rail. `onPhone`: also in the bar at the bottom; `key`: its letter after `g`. */
export type Place = {
  to: '/' | '/inbox' | '/journeys' | '/courses' | '/batches' | '/runs' | '/contacts' | '/incidents' | '/admin';
  icon: IconName;
  label: MessageDescriptor;
  right: Permission;
  key: string;
  onPhone: boolean;
};

/** The places that work is in, in the order of the rail. */
export const places: readonly Place[] = [
  { to: '/', icon: 'home', label: msg`Home`, right: 'runs:read', key: 'h', onPhone: true },
  { to: '/inbox', icon: 'inbox', label: msg`Inbox`, right: 'gates:read', key: 'i', onPhone: true },
  { to: '/journeys', icon: 'journey', label: msg`Journeys`, right: 'journeys:read', key: 'j', onPhone: true },
  { to: '/courses', icon: 'course', label: msg`Courses`, right: 'courses:read', key: 'c', onPhone: false },
  { to: '/batches', icon: 'batch', label: msg`Batches`, right: 'batches:read', key: 'b', onPhone: true },
  { to: '/runs', icon: 'runs', label: msg`Runs`, right: 'runs:read', key: 'r', onPhone: false },
  { to: '/incidents', icon: 'warn', label: msg`Incidents`, right: 'runs:read', key: 'n', onPhone: false },
  { to: '/contacts', icon: 'people', label: msg`People`, right: 'contacts:read', key: 'p', onPhone: false },
];

/** Where members, keys and the log are kept. */
export const admin: Place = {
  to: '/admin',
  icon: 'admin',
  label: msg`Admin`,
  right: 'members:read',
  key: 'a',
  onPhone: false,
};
