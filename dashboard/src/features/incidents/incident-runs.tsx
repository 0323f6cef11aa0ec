import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { IncidentDetail } from '../../../../contracts/operations/incidents-api.schema.ts';
import { useStatusWords } from '../../entities/run/status-words.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Panel } from '../../ui/panel.tsx';
import classes from './incidents.module.css';

/** The newest runs that an incident is about, with the way to all of them. */
export function IncidentRuns({ incident: { runs, runCount } }: { incident: IncidentDetail }) {
  const { t } = useLingui();
  const words = useStatusWords();
  if (runs.length === 0) return null;
  return (
    <Panel
      title={<Trans>Runs</Trans>}
      note={
        runCount > runs.length ? (
          <Trans>
            the newest {runs.length} of <Count value={runCount} />
          </Trans>
        ) : undefined
      }
      end={
        runCount > runs.length && (
          <Link to="/runs" search={{ state: 'trouble' }} className="link small">
            <Trans>All that need a person</Trans>
          </Link>
        )
      }
    >
      <ul className={classes.runs} aria-label={t`Runs that it is about`}>
        {runs.map(({ id, title, status, person, step }) => (
          <li key={id}>
            <Link to="/runs/$id" params={{ id }} className="medium cut">
              {person === null ? title : `${person} · ${title}`}
            </Link>
            <span className="small text2 cut">{step === null ? words[status] : `${words[status]} · ${step}`}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
