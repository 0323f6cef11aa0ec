import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Role } from '../../../../contracts/access/access.ts';

/** What each role is for, in words. */
export const roleWords: Record<Role, { name: MessageDescriptor; does: MessageDescriptor }> = {
  viewer: { name: msg`Viewer`, does: msg`Looks at everything` },
  designer: { name: msg`Designer`, does: msg`Writes journeys, courses, templates and batches, and publishes them` },
  approver: { name: msg`Approver`, does: msg`Decides what waits for approvers` },
  engineer: { name: msg`Engineer`, does: msg`Designs, sends events, operates runs` },
  operator: { name: msg`Operator`, does: msg`Pauses, cancels and rewinds runs, keeps people and enrollments` },
  admin: { name: msg`Admin`, does: msg`Everything, with members and keys` },
};
