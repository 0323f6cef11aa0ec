import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { aboutOf } from '../../entities/gate/gate-about.ts';
import { useRunKinds } from '../../entities/run/run-kinds.tsx';
import { Age, TimeLeft } from '../../ui/time.tsx';
import classes from './inbox.module.css';

/** An approval in the list: what is asked, about whom, by when. */
export function GateItem({ gate, show, isOpen }: { gate: Gate; show: string; isOpen: boolean }) {
  const { t } = useLingui();
  const { title, outcomes, outcome, status, votes: decisions, dueAt, paused, openedAt, decidedAt } = gate;
  const label = outcomes.find(({ name }) => name === outcome)?.label ?? outcome;
  const who = decisions.at(-1)?.by.name ?? t`Nobody in time`;
  const kinds = useRunKinds();
  return (
    <Link
      to="/inbox"
      search={{ show, gate: gate.id }}
      resetScroll={false}
      className={`${classes.item} fresh`}
      aria-current={isOpen}
    >
      <span className="medium cut">{title}</span>
      <span className="small text2">
        {status === 'open' ? (
          paused ? (
            <Trans>Paused</Trans>
          ) : dueAt ? (
            <TimeLeft until={dueAt} due="person" since={openedAt} />
          ) : (
            <Trans>
              for <Age since={openedAt} />
            </Trans>
          )
        ) : (
          <Age since={decidedAt ?? openedAt} />
        )}
      </span>
      <span className="small text2 cut">
        {kinds[gate.runKind].name} · {gate.runTitle}
      </span>
      <span className="small text3 cut">
        {status === 'open' ? aboutOf(gate) : `${who}: ${label} · ${aboutOf(gate)}`}
      </span>
    </Link>
  );
}
