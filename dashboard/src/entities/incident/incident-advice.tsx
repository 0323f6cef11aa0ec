import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import { useCan } from '../../api/session.ts';
import { type IncidentKind, incidentKinds, isIncidentKind } from './incident-kinds.ts';

const byItself = msg`Mend what the message names. What waits goes on by itself; nothing is lost or done twice.`;
const atStripe = msg`See to it at Stripe; the message names the payment.`;
const orLeave = msg`End the enrollment, or leave it.`;
const newKey = msg`Set another key. Payments and refunds wait for it and go on by themselves.`;

/** What to do about each kind of incident. */
const advice: Readonly<Record<IncidentKind, MessageDescriptor>> = {
  'outbox.parked': msg`Mend what the message names, then resolve this: the run is woken again.`,
  'run.silent': msg`Look whether workers are up. It ends by itself once the runs move.`,
  'run.lost': msg`Look in Temporal for who ends it; cancelling or rewinding the run works.`,
  'engine.fault': msg`Nothing is lost: the run goes on by itself with a release that mends the fault.`,
  'run.stateTooLarge': msg`Rewind the run to before it grew, or cancel it.`,
  'effect.killer': msg`Read the log of the workers, mend the step, then retry the run.`,
  'email.waits': byItself,
  'llm.waits': byItself,
  'crm.waits': byItself,
  'payment.waits': byItself,
  'webhook.waits': byItself,
  'batch.waits': byItself,
  'batch.fails': byItself,
  'enrollment.mailMissing': msg`Reach the learner in another way; a payment link stands on the page of the enrollment.`,
  'crm.keyRefused': msg`Connect the CRM again. What waits goes on by itself.`,
  'payment.ownKeyRefused': newKey,
  'payment.keyRefused': newKey,
  'payment.foreign': msg`Give the money back at Stripe, or leave it: it gives no seat here.`,
  'payment.unplaced': atStripe,
  'payment.disputed': msg`Answer at Stripe before its deadline, or settle a question by a refund.`,
  'payment.disputeLost': orLeave,
  'payment.refundedElsewhere': orLeave,
  'journey.repeats': msg`Where that is not meant, pause the journey and look at what lets people in.`,
  'erasure.fails': msg`Look at the logs of the workers. It ends by itself.`,
  'mailbox.unreachable': msg`Mend the setting that the message names; what came meanwhile is read then.`,
  'mailbox.unread': msg`Look at what is unread in the mailbox, then resolve this.`,
  'temporal.certificateEnds': msg`Renew the certificate; it is taken up without a restart.`,
  'task.late': msg`Look at the logs of the workers. It ends by itself.`,
  'worker.dying': msg`Look at the logs of the workers. It ends by itself.`,
};

/** What to do about an incident, with the ways to where it is done; the code of a kind that this release does not know. */
export function IncidentAdvice({ incident: { kind, runId } }: { incident: Pick<Incident, 'kind' | 'runId'> }) {
  const { i18n } = useLingui();
  const mayAdminister = useCan('members:read');
  const place = isIncidentKind(kind) ? incidentKinds[kind] : null;
  const tab = place === 'models' || place === 'connections' ? place : null;
  return (
    <span className="wrap">
      {isIncidentKind(kind) ? i18n._(advice[kind]) : <code className="mono">{kind}</code>}{' '}
      {tab !== null && mayAdminister && (
        <>
          <Link to="/admin" search={{ tab }} className="link">
            {tab === 'models' ? (
              <Trans>Look at the models and their keys</Trans>
            ) : (
              <Trans>Look at the connection</Trans>
            )}
          </Link>
          {' · '}
        </>
      )}
      {runId !== null ? (
        <Link to="/runs/$id" params={{ id: runId }} className="link">
          <Trans>Open the run</Trans>
        </Link>
      ) : (
        place !== null && (
          <Link to="/runs" search={{ state: 'trouble' }} className="link">
            <Trans>See what waits for it</Trans>
          </Link>
        )
      )}
    </span>
  );
}
