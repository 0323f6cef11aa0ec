import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy } from 'react';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { gateQuery } from '../../api/gates.ts';
import { fetchCode } from '../../api/http/code.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { GateLink } from '../../entities/run/run-kinds.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Late } from '../../ui/late.tsx';
import { Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { GateContent } from './gate-content.tsx';
import { GateMails } from './gate-mails.tsx';
import { GateFacts } from './gate-facts.tsx';
import classes from './inbox.module.css';

const DecideForm = lazy(async () => ({ default: (await fetchCode(() => import('./decide-form.tsx'))).DecideForm }));

/** One approval: content first, what is known beside it, the decision below. */
export function GateDetail({ id, show, onDecided }: { id: string; show: string; onDecided: () => void }) {
  const { data: gate, error, refetch } = useQuery(gateQuery(id));
  if (!gate) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <article className={classes.detail}>
      <div className={classes.content}>
        <Link to="/inbox" search={{ show }} className={`link ${classes.back}`}>
          <Trans>All decisions</Trans>
        </Link>
        <div>
          <p className={classes.state}>
            <GateState gate={gate} />
            <span>
              <Trans>
                Round {gate.round}, opened <Time at={gate.openedAt} />
              </Trans>
              {gate.dueAt && !gate.paused && (
                <>
                  , <Trans>due</Trans> <Time at={gate.dueAt} />
                </>
              )}
            </span>
          </p>
          <h2 className={classes.title}>{gate.title}</h2>
        </div>
        <GateContent content={gate.content} />
        {gate.status === 'open' && <GateMails gate={gate} />}
        <GateLink gate={gate} />
      </div>
      <GateFacts gate={gate} />
      <Decision key={`${gate.id} ${gate.contentHash}`} gate={gate} onDecided={onDecided} />
    </article>
  );
}

function Decision({ gate, onDecided }: { gate: Gate; onDecided: () => void }) {
  const mayDecide = useCan('gates:decide');
  if (gate.status !== 'open') return null;
  if (gate.mine && mayDecide)
    return (
      <Late instead={<div className={classes.decide} />}>
        <DecideForm gate={gate} onDecided={onDecided} />
      </Late>
    );
  const role = gate.assignee.id;
  return (
    <p className={`${classes.decide} small text2`}>
      {gate.assignee.kind === 'role' ? (
        <Trans>
          People with the role “{role}” decide this, other than who asked for it. An admin can give you that role.
        </Trans>
      ) : (
        <Trans>Another member decides this.</Trans>
      )}
    </p>
  );
}

function GateState({ gate: { status, mine, outcome, outcomes } }: { gate: Gate }) {
  const label = outcomes.find(({ name }) => name === outcome)?.label ?? outcome;
  switch (status) {
    case 'open':
      return <Chip tone="person">{mine ? <Trans>Waiting for you</Trans> : <Trans>Waiting for a person</Trans>}</Chip>;
    case 'decided':
      return <Chip tone="done">{label}</Chip>;
    case 'expired':
      return (
        <Chip tone="off" icon="clock">
          <Trans>Nobody decided: {label}</Trans>
        </Chip>
      );
    case 'withdrawn':
      return (
        <Chip tone="off" icon="cross">
          <Trans>Withdrawn</Trans>
        </Chip>
      );
  }
}
