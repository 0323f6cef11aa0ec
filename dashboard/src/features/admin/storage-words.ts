import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Storage } from '../../../../contracts/operations/system-api.schema.ts';
import type { RetainedName } from '../../../../contracts/core/retention.ts';

/** What the parts of a workspace's data are. */
export const partWords: Record<Storage['parts'][number]['part'], { name: MessageDescriptor; note: MessageDescriptor }> =
  {
    mailsInDatabase: { name: msg`Mails in the database`, note: msg`Until they are sent or refused` },
    mailsInStore: { name: msg`Mails in the object store`, note: msg`Sent or refused` },
    turns: { name: msg`Turns of runs`, note: msg`What a run can be rewound to` },
    events: { name: msg`Events`, note: msg`Kept with the person` },
  };

/** What is kept for a set time. */
export const retainedWords: Record<RetainedName, MessageDescriptor> = {
  effectBytes: msg`Mails, after they were sent or refused`,
  turns: msg`Turns, after the run has ended`,
  failedRuns: msg`Turns, after the run has failed`,
  changes: msg`Changes, for pages that reconnect`,
  answers: msg`Answers to repeated API calls`,
  sessions: msg`Sessions, after they have expired`,
  signInLinks: msg`Sign-in links, after they have expired`,
  signInAttempts: msg`Attempts to sign in`,
  gateLinks: msg`Links to decide, after they have expired`,
};
