import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { IncidentDetail as Detail } from '../../../../contracts/operations/incidents-api.schema.ts';
import { incidentQuery, type IncidentShow } from '../../api/incidents.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { IncidentAdvice } from '../../entities/incident/incident-advice.tsx';
import { IncidentOwner } from '../../entities/incident/incident-owner.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Facts, Panel, PanelBody } from '../../ui/panel.tsx';
import { Loading } from '../../ui/states.tsx';
import { CopyId, Technical } from '../../ui/technical.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { IgnoreIncident } from './ignore.tsx';
import { IncidentActs } from './incident-acts.tsx';
import { IncidentRuns } from './incident-runs.tsx';
import classes from './incidents.module.css';
import { ResolveIncident } from './resolve.tsx';

/** One incident: what is wrong, what to do, the runs that it is about; beside it who is on it and what was done. */
export function IncidentDetail({ id, show }: { id: string; show: IncidentShow }) {
  const { t } = useLingui();
  const { data: incident, error, refetch } = useQuery(incidentQuery(id));
  const mayOperate = useCan('runs:operate');
  if (!incident) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const { message, before, openedAt, size } = incident;
  return (
    <article className={classes.detail} aria-label={t`Incident`}>
      <header className={classes.head}>
        <Link to="/incidents" search={show === 'open' ? {} : { state: show }} className={`link ${classes.back}`}>
          <Trans>All incidents</Trans>
        </Link>
        <p className={`small text2 ${classes.line}`}>
          <IncidentState incident={incident} />
          <span>
            <Trans>
              since <Time at={openedAt} />, <Age since={openedAt} until={incident.resolvedAt} />
            </Trans>
          </span>
          {size > 1 && <Plural value={size} one="it concerns #" other="it concerns #" />}
        </p>
        <h2 className={classes.title}>{message}</h2>
        {incident.ignored !== null && (
          <p className="text2 wrap">
            <Trans>
              Ignored until <Time at={incident.ignored.until} />, or until it is more than {incident.ignored.above}: “
              {incident.ignored.reason}”
            </Trans>
          </p>
        )}
        {mayOperate && incident.state !== 'resolved' && (
          <div className={classes.acts}>
            <ResolveIncident incident={incident} />
            <IgnoreIncident incident={incident} />
          </div>
        )}
      </header>
      <div className={classes.content}>
        {(incident.state !== 'resolved' || before !== null) && (
          <Panel title={<Trans>What to do</Trans>}>
            <PanelBody>
              <div className={classes.advice}>
                {incident.state !== 'resolved' && <IncidentAdvice incident={incident} />}
                {before !== null && <Before before={before} />}
              </div>
            </PanelBody>
          </Panel>
        )}
        <IncidentRuns incident={incident} />
      </div>
      <aside className={classes.facts} aria-label={t`About this incident`}>
        <section>
          <h3 className={`caption ${classes.label}`}>
            <Trans>Who looks after it</Trans>
          </h3>
          <div className="small">
            <IncidentOwner incident={incident} />
          </div>
        </section>
        <section>
          <h3 className={`caption ${classes.label}`}>
            <Trans>What happened</Trans>
          </h3>
          <IncidentActs incident={incident} />
        </section>
        <Technical>
          <Facts
            facts={[
              { key: 'kind', name: <Trans>Kind</Trans>, value: <code className="mono">{incident.kind}</code> },
              { key: 'id', name: <Trans>Incident</Trans>, value: <CopyId id={incident.id} /> },
            ]}
          />
        </Technical>
      </aside>
    </article>
  );
}

/** How the last one of the kind was resolved: it may help again. */
function Before({ before: { at, by, note, message } }: { before: NonNullable<Detail['before']> }) {
  const { t } = useLingui();
  const who = by ?? t`A person`;
  return (
    <p className="small text2 wrap">
      <Trans>
        {who} resolved the last one of this kind, <Time at={at} />, so: “{note}”
      </Trans>{' '}
      <span className="text3">{message}</span>
    </p>
  );
}

function IncidentState({ incident: { state } }: { incident: Detail }) {
  if (state === 'resolved')
    return (
      <Chip tone="done">
        <Trans>Resolved</Trans>
      </Chip>
    );
  if (state === 'ignored')
    return (
      <Chip tone="off" icon="clock">
        <Trans>Ignored</Trans>
      </Chip>
    );
  return (
    <Chip tone="failed" icon="warn">
      <Trans>Open</Trans>
    </Chip>
  );
}
