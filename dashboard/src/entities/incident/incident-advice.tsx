import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import { useCan } from '../../api/session.ts';

/** What to do about an incident, with the way to where it is done. */
export function IncidentAdvice({
  incident: { kind, runId },
}: {
  incident: Pick<Incident, 'kind' | 'runId'>;
}): ReactNode {
  const mayAdminister = useCan('members:read');
  if (runId !== null)
    return (
      <Link to="/runs/$id" params={{ id: runId }} className="link">
        <Trans>Open the run</Trans>
      </Link>
    );
  switch (kind) {
    case 'llm.waits':
      return mayAdminister ? (
        <Link to="/admin" search={{ tab: 'models' }} className="link">
          <Trans>Look at the models and their keys</Trans>
        </Link>
      ) : (
        <WhatWaits />
      );
    case 'crm.waits':
    case 'crm.keyRefused':
    case 'email.waits':
    case 'payment.waits':
      return mayAdminister ? (
        <Link to="/admin" search={{ tab: 'connections' }} className="link">
          <Trans>Look at the connection</Trans>
        </Link>
      ) : (
        <WhatWaits />
      );
    case 'webhook.waits':
      return <WhatWaits />;
    case 'journey.repeats':
      return (
        <Link to="/journeys" className="link">
          <Trans>Look at the journeys, and pause the one that is at fault</Trans>
        </Link>
      );
    case 'worker.dying':
      return <Trans>Look at the logs of the workers</Trans>;
    default:
      return <code className="mono">{kind}</code>;
  }
}

function WhatWaits() {
  return (
    <Link to="/runs" search={{ state: 'trouble' }} className="link">
      <Trans>See what waits for it</Trans>
    </Link>
  );
}
