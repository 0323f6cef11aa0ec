import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { ApiProblem } from '../../api/http/problem.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './refusal.module.css';

/** Why a decision was not taken, and what the page did about it. Nothing was decided by the person. */
export function DecisionRefusal({ error, gate }: { error: unknown; gate: Gate }) {
  const words = error instanceof ApiProblem ? wordsOf(error, gate) : null;
  if (words === null) return <Refusal error={error} />;
  return (
    <p className={classes.refusal} role="alert">
      <Icon name="warn" size={14} />
      <span>{words}</span>
    </p>
  );
}

function wordsOf({ code, problem }: ApiProblem, gate: Gate): ReactNode {
  const { decidedBy, decidedAt, outcome } = problem;
  const who = typeof decidedBy === 'string' ? decidedBy : '';
  const label = gate.outcomes.find(({ name }) => name === outcome)?.label ?? '';
  switch (code) {
    case 'gate.stale':
      return (
        <Trans>The content has changed since you opened it. It is shown again above: check it, then decide.</Trans>
      );
    case 'gate.decided':
      return (
        <Trans>
          {who} was faster: “{label}”
          {typeof decidedAt === 'string' ? (
            <>
              , <Time at={decidedAt} />
            </>
          ) : null}
          . Your decision was not needed.
        </Trans>
      );
    case 'gate.expired':
      return <Trans>The deadline passed before your decision came; the outcome for that was taken.</Trans>;
    case 'gate.withdrawn':
      return <Trans>The run no longer waits for this: it was stopped, or went another way.</Trans>;
    case 'gate.separationOfDuties':
      return <Trans>You requested this, so another person has to decide it.</Trans>;
    case 'gate.notAssigned':
      return <Trans>Other people decide this.</Trans>;
    default:
      return null;
  }
}
