import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { runName, RunSubjectLink } from '../../entities/run/run-kinds.tsx';
import { Cost } from '../../ui/numbers.tsx';
import { Facts } from '../../ui/panel.tsx';
import { durationWords, Time, useNowNear } from '../../ui/time.tsx';
import { Ahead } from './ahead.tsx';
import classes from './run.module.css';

/** What comes next, and the facts of a run. */
export function RunSide({ run }: { run: RunDetail }) {
  const { t } = useLingui();
  const { contact, startedAt, endedAt, costMicros, waits, attempts } = run;
  return (
    <aside className={classes.side} aria-label={t`Facts of the run`}>
      <NextDue run={run} />
      <section>
        <h3 className={`${classes.label} caption`}>
          <Trans>Facts</Trans>
        </h3>
        <Facts
          facts={[
            {
              key: 'person',
              name: <Trans>Person</Trans>,
              value: contact && (
                <Link to="/contacts/$externalId" params={{ externalId: contact.externalId }} className="link">
                  {runName(run)}
                </Link>
              ),
            },
            { key: 'what', name: <Trans>What</Trans>, value: <RunSubjectLink run={run} /> },
            { key: 'started', name: <Trans>Started</Trans>, value: <Time at={startedAt} /> },
            { key: 'ended', name: <Trans>Ended</Trans>, value: endedAt && <Time at={endedAt} /> },
            { key: 'cost', name: <Trans>Cost</Trans>, value: costMicros > 0 ? <Cost micros={costMicros} /> : null },
            { key: 'attempts', name: <Trans>Most attempts</Trans>, value: attempts > 0 ? attempts : null },
          ]}
        />
      </section>
      {waits.length > 0 && (
        <section>
          <h3 className={`${classes.label} caption`}>
            <Trans>Listens to</Trans>
          </h3>
          <ul>
            {waits.map(({ eventName, key, step, purpose, dueAt }) => (
              <li key={`${purpose} ${step} ${eventName}`} className="small">
                <code className="mono">{eventName}</code>
                {key && <span className="text2"> {key}</span>}{' '}
                <span className="text2">
                  {purpose === 'exit' ? (
                    <Trans>ends the run</Trans>
                  ) : purpose === 'goal' ? (
                    <Trans>is the goal</Trans>
                  ) : (
                    <Trans>goes on</Trans>
                  )}
                  {dueAt && (
                    <>
                      , <Trans>until</Trans> <Time at={dueAt} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Ahead run={run} />
    </aside>
  );
}

function NextDue({ run: { nextDueAt, stepSince, endedAt } }: { run: RunDetail }) {
  return nextDueAt && !endedAt && <TimeTo nextDueAt={nextDueAt} stepSince={stepSince} />;
}

function TimeTo({ nextDueAt, stepSince }: { nextDueAt: string; stepSince: string | null }) {
  const { i18n } = useLingui();
  const now = useNowNear(nextDueAt);
  const due = Date.parse(nextDueAt);
  const from = stepSince ? Date.parse(stepSince) : due;
  const share = due > from ? Math.min(1, Math.max(0, (now - from) / (due - from))) : 1;
  const left = durationWords(i18n, Math.max(0, Math.floor((due - now) / 1_000) * 1_000));
  return (
    <section>
      <h3 className={`${classes.label} caption`}>
        <Trans>Next due</Trans>
      </h3>
      <p className={`${classes.big} num`}>
        <Trans>in {left}</Trans>
      </p>
      <div className={classes.track} aria-hidden>
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p className="small text2">
        <Time at={nextDueAt} />
      </p>
    </section>
  );
}
