import { Plural, Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { RunAhead, RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { aheadQuery } from '../../api/runs.ts';
import { runName } from '../../entities/run/run-kinds.tsx';
import { lookOf } from '../../entities/run/step-looks.ts';
import { Icon } from '../../ui/icons.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './run.module.css';

/** What would happen next, by the interpreter that makes it happen; nothing where that cannot be computed ahead. */
export function Ahead({ run }: { run: RunDetail }) {
  const { data } = useQuery({ ...aheadQuery(run.id), enabled: run.endedAt === null });
  if (!data || data.ways.length === 0) return null;
  const name = runName(run);
  return (
    <section>
      <h3 className={`${classes.label} caption`}>
        <Trans>What would happen next</Trans>
      </h3>
      <ul className={classes.ways}>
        {data.ways.map((way) => (
          <li key={`${way.when.kind} ${way.when.name}`}>
            <span className="medium">
              <When way={way} />
            </span>
            <ol>
              {way.steps.map(({ step, kind, title, at }, index) => (
                <li key={`${step} ${index}`}>
                  <Icon name={lookOf(kind).icon} size={13} color="var(--text-3)" />
                  <span>
                    {title} <span className="text2">{<Time at={at} />}</span>
                  </span>
                </li>
              ))}
            </ol>
            <p className="text2">
              <End way={way} />
            </p>
            {way.assumptions.map((assumption) => (
              <p key={assumption} className="text3">
                {assumption}
              </p>
            ))}
          </li>
        ))}
      </ul>
      <p className="small text3">
        <Trans>
          Simulated <Time at={data.at} /> with what is known of {name} then. Events are taken without properties.
        </Trans>
      </p>
    </section>
  );
}

type Way = RunAhead['ways'][number];

function When({ way: { when } }: { way: Way }) {
  const { kind, name } = when;
  switch (kind) {
    case 'nothing':
      return <Trans>If nothing comes</Trans>;
    case 'event':
      return (
        <Trans>
          If <code className="mono">{name}</code> comes now
        </Trans>
      );
    case 'decision':
      return <Trans>If “{name}” is chosen now</Trans>;
  }
}

function End({ way: { outcome, reason, endedAt, more } }: { way: Way }) {
  const rest = more > 0 && (
    <>
      <Plural value={more} one="and # more step" other="and # more steps" />,{' '}
    </>
  );
  switch (outcome) {
    case 'completed':
      return (
        <>
          {rest}
          <Trans>
            then it reaches its end <Time at={endedAt} />
          </Trans>
        </>
      );
    case 'exited':
    case 'failed':
      return (
        <>
          {rest}
          {outcome === 'exited' ? (
            <Trans>
              then it ends <Time at={endedAt} />: {reason}
            </Trans>
          ) : (
            <Trans>
              then it fails <Time at={endedAt} />: {reason}
            </Trans>
          )}
        </>
      );
    case 'stuck':
    case 'stepLimit':
      return (
        <>
          {rest}
          <Trans>then {reason}</Trans>
        </>
      );
  }
}
