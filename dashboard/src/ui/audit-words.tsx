import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../contracts/api/audit.schema.ts';

/** Acts in words, by their names. */
export function useActWords(): Readonly<Record<string, string>> {
  const { t } = useLingui();
  return {
    'apiKey.created': t`Made a key`,
    'apiKey.revoked': t`Revoked a key`,
    'batch.cancelled': t`Stopped a batch`,
    'batch.created': t`Started a batch`,
    'batch.paused': t`Paused a batch`,
    'batch.resumed': t`Resumed a batch`,
    'contact.erased': t`Erased a person`,
    'course.put': t`Changed a course`,
    'courseRun.put': t`Changed a course run`,
    'document.decided': t`Decided on a document`,
    'effect.resolved': t`Settled an effect`,
    'enrollment.requested': t`Enrolled a learner`,
    'enrollment.offerAnswer': t`Answered an offer`,
    'enrollment.withdraw': t`Withdrew a learner`,
    'gate.decided': t`Decided`,
    'incident.resolved': t`Resolved an incident`,
    'installation.setUp': t`Set the installation up`,
    'journey.drafted': t`Changed a draft`,
    'journey.published': t`Published a journey`,
    'journey.paused': t`Paused a journey`,
    'journey.resumed': t`Resumed a journey`,
    'journey.stopped': t`Stopped a journey`,
    'journey.started': t`Started a person`,
    'member.invited': t`Invited a member`,
    'member.changed': t`Changed a member`,
    'member.linkMade': t`Made a sign-in link`,
    'password.set': t`Set their password`,
    'run.cancel': t`Cancelled a run`,
    'run.terminate': t`Terminated a run`,
    'run.pause': t`Paused a run`,
    'run.resume': t`Resumed a run`,
    'run.rewind': t`Rewound a run`,
    'session.signedIn': t`Signed in`,
    'session.signedInByLink': t`Signed in by a link`,
    'session.signedOut': t`Signed out`,
    'template.stored': t`Stored a template`,
  };
}

/** What was done, in words; an act that has none is shown by its name. */
export function Act({ of: act }: { of: string }) {
  return (
    <span className="medium" title={act}>
      {useActWords()[act] ?? act}
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
  const { id, kind, title } = subject;
  const slug = typeof detail['slug'] === 'string' ? detail['slug'] : null;
  const name = title ?? slug ?? kind;
  switch (kind) {
    case 'run':
      return (
        <Link to="/runs/$id" params={{ id }} className="link">
          {name}
        </Link>
      );
    case 'gate':
      return (
        <Link to="/inbox" search={{ show: 'decided', gate: id }} className="link">
          {name}
        </Link>
      );
    case 'batch':
      return (
        <Link to="/batches/$id" params={{ id }} className="link">
          {name}
        </Link>
      );
    case 'document':
      return (
        <Link to="/documents/$id" params={{ id }} className="link">
          {name}
        </Link>
      );
    case 'enrollment':
      return (
        <Link to="/enrollments/$id" params={{ id }} className="link">
          {name}
        </Link>
      );
    case 'journey':
      return slug === null ? (
        name
      ) : (
        <Link to="/journeys/$slug" params={{ slug }} className="link">
          {name}
        </Link>
      );
    case 'contact':
      return title === null ? (
        name
      ) : (
        <Link to="/contacts/$externalId" params={{ externalId: title }} className="link">
          {name}
        </Link>
      );
    default:
      return name;
  }
}
