import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../../contracts/access/audit-api.schema.ts';

/** Acts in words, by their names. */
export const actWords: Readonly<Record<string, MessageDescriptor>> = {
  'apiKey.created': msg`Made a key`,
  'apiKey.revoked': msg`Revoked a key`,
  'batch.cancelled': msg`Stopped a batch`,
  'batch.created': msg`Started a batch`,
  'batch.paused': msg`Paused a batch`,
  'batch.resumed': msg`Resumed a batch`,
  'contact.changed': msg`Changed a person`,
  'contact.optedIn': msg`Noted that a person wants mails again`,
  'contact.optedOut': msg`Noted that a person wants no more mails`,
  'contact.bounced': msg`Closed an address that mails come back from`,
  'contact.complained': msg`Noted that a person complained about a mail`,
  'contact.unsubscribed': msg`Noted that a person unsubscribed at the mail service`,
  'contact.merged': msg`Joined two people`,
  'contact.erased': msg`Erased a person`,
  'contact.exported': msg`Downloaded what is kept of a person`,
  'segment.removed': msg`Removed a segment`,
  'segment.saved': msg`Saved a segment`,
  'contact.erasureEnded': msg`Erased a person from batches`,
  'course.put': msg`Changed a course`,
  'courseRun.messaged': msg`Wrote to the learners of a course run`,
  'courseRun.put': msg`Changed a course run`,
  'document.decided': msg`Decided on a document`,
  'effect.resolved': msg`Settled an effect`,
  'enrollment.requested': msg`Enrolled a learner`,
  'enrollment.moreTime': msg`Gave a learner more time`,
  'enrollment.offerAnswer': msg`Answered an offer`,
  'enrollment.withdraw': msg`Withdrew a learner`,
  'enrollment.stay': msg`Took a withdrawal back`,
  'gate.decided': msg`Decided`,
  'incident.given': msg`Gave an incident to a member`,
  'incident.givenBack': msg`Gave an incident back`,
  'incident.grew': msg`Brought an incident back that grew`,
  'incident.heeded': msg`Ignored an incident no longer`,
  'incident.ignored': msg`Ignored an incident for a while`,
  'incident.resolved': msg`Resolved an incident`,
  'incident.returned': msg`Brought an incident back in time`,
  'incident.taken': msg`Took an incident`,
  'installation.setUp': msg`Set the installation up`,
  'journey.drafted': msg`Changed a draft`,
  'journey.published': msg`Published a journey`,
  'bulk.started': msg`Asked something of many runs`,
  'bulk.paused': msg`Paused an entry of many people`,
  'bulk.resumed': msg`Resumed an entry of many people`,
  'bulk.cancelled': msg`Ended an operation on many runs`,
  'journey.entered': msg`Let many people in`,
  'journey.moved': msg`Moved people to another version`,
  'journey.paused': msg`Paused a journey`,
  'journey.policySet': msg`Set how people who enter by an event are carried`,
  'journey.resumed': msg`Resumed a journey`,
  'journey.stopped': msg`Stopped a journey`,
  'journey.started': msg`Started a person`,
  'mail.tested': msg`Sent a test of a mail to themselves`,
  'member.invited': msg`Invited a member`,
  'member.changed': msg`Changed a member`,
  'member.linkMade': msg`Made a sign-in link`,
  'member.passwordTaken': msg`Took a password away`,
  'model.policySet': msg`Changed what is allowed of models`,
  'model.removed': msg`Removed a model`,
  'model.set': msg`Set a model`,
  'password.reset': msg`Set a new password by a mailed link`,
  'password.resetMailed': msg`Was mailed a link for a new password`,
  'password.set': msg`Set their password`,
  'run.cancel': msg`Cancelled a run`,
  'run.terminate': msg`Terminated a run`,
  'run.pause': msg`Paused a run`,
  'run.resume': msg`Resumed a run`,
  'run.rewind': msg`Rewound a run`,
  'batch.madeAgain': msg`Made missing documents again`,
  'run.retry': msg`Retried a run`,
  'run.skip': msg`Skipped a step that failed`,
  'run.complete': msg`Completed a step by hand`,
  'run.restart': msg`Ran a journey again`,
  'secret.deleted': msg`Removed a secret`,
  'secret.set': msg`Set a secret`,
  'session.refused': msg`Was refused at sign-in`,
  'session.signedIn': msg`Signed in`,
  'session.signedInByLink': msg`Signed in by a link`,
  'session.signedOut': msg`Signed out`,
  'template.stored': msg`Stored a template`,
};

/** What was done, in words; an act that has none is shown by its name. */
export function Act({ of: act }: { of: string }) {
  const { i18n } = useLingui();
  const words = actWords[act];
  return (
    <span className="medium" title={act}>
      {words ? i18n._(words) : act}
    </span>
  );
}

/** Who did it: a member or a key by name. */
export function Actor({ actor: { kind, name } }: Pick<AuditEntry, 'actor'>) {
  const { t } = useLingui();
  const unnamed = { member: t`A member`, apiKey: t`A key`, mailLink: t`A mail's link`, system: t`Throughline` }[kind];
  if (name === null) return <>{unnamed}</>;
  const how = { member: null, apiKey: t`key`, mailLink: t`by mail`, system: null }[kind];
  return (
    <>
      {name} {how && <span className="small text3">{how}</span>}
    </>
  );
}

/** What it was done to, with the page about it where there is one. */
export function Subject({ entry: { subject, detail } }: { entry: Pick<AuditEntry, 'subject' | 'detail'> }): ReactNode {
  const slug = typeof detail['slug'] === 'string' ? detail['slug'] : null;
  const link = pages[subject.kind]?.(subject, slug);
  const name = subject.title ?? slug ?? subject.kind;
  const person = subject.person === name ? null : subject.person;
  return (
    <>
      {link ? (
        <Link {...link} className="link">
          {name}
        </Link>
      ) : (
        name
      )}
      {person !== null && <span className="text2"> · {person}</span>}
    </>
  );
}

/** The pages about what acts are done to, by its kind; null where the entry does not say what the address takes. */
const pages: Readonly<Record<string, (subject: AuditEntry['subject'], slug: string | null) => LinkProps | null>> = {
  run: ({ id }) => ({ to: '/runs/$id', params: { id } }),
  incident: ({ id }) => ({ to: '/incidents', search: { incident: id } }),
  gate: ({ id }) => ({ to: '/inbox', search: { show: 'decided', gate: id } }),
  batch: ({ id }) => ({ to: '/batches/$id', params: { id } }),
  document: ({ id }) => ({ to: '/documents/$id', params: { id } }),
  enrollment: ({ id }) => ({ to: '/enrollments/$id', params: { id } }),
  journey: (_subject, slug) => (slug === null ? null : { to: '/journeys/$slug', params: { slug } }),
  contact: ({ title }) => (title === null ? null : { to: '/contacts/$externalId', params: { externalId: title } }),
};
