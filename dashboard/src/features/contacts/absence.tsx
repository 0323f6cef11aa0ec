import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Absence, AbsenceFinding } from '../../../../contracts/contacts/absence-api.schema.ts';
import { durationWords } from '../../../../domain/journeys/duration-words.ts';
import { absenceQuery } from '../../api/contacts.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './absence.module.css';
import { findingWords, recordedWords } from './absence-words.ts';
import { JourneyInput } from './journey-input.tsx';

/** Why did it not come: a journey, or a mail of it, by what is on record. What is asked stands in the address. */
export function AbsencePanel({ externalId }: { externalId: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { journey, mail, run } = useSearch({ from: '/frame/contacts/$externalId' });
  const asked = { journey: journey ?? '', step: mail, run };
  const { data, error, refetch } = useQuery({ ...absenceQuery(externalId, asked), enabled: journey !== undefined });
  const ask = (of: { journey?: string; mail?: string }): void =>
    void navigate({ to: '/contacts/$externalId', params: { externalId }, search: of, replace: true });
  return (
    <section className={classes.ask} aria-label={t`Why did it not come?`}>
      <div className={classes.question}>
        <Icon name="help" size={18} color="var(--accent)" />
        <h2 className={classes.title}>
          <Trans>Why did it not come?</Trans>
        </h2>
        <JourneyInput value={journey} onChange={(slug) => ask(slug === '' ? {} : { journey: slug })} />
        {data && journey !== undefined && data.mails.length > 0 && (
          <NativeSelect
            aria-label={t`Which mail of it`}
            value={mail ?? ''}
            onChange={({ currentTarget: { value } }) => ask({ journey, ...(value === '' ? {} : { mail: value }) })}
            data={[
              { value: '', label: t`The journey itself` },
              ...data.mails.map(({ step, title }) => ({ value: step, label: t`Mail: ${title}` })),
            ]}
          />
        )}
      </div>
      {journey !== undefined &&
        (data ? (
          <Answer answer={data} />
        ) : error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading rows={3} />
        ))}
    </section>
  );
}

function Answer({ answer: { outcome, findings } }: { answer: Absence }) {
  const { t } = useLingui();
  const last = findings.at(-1);
  return (
    <div className={classes.answer}>
      <h3 className={classes.headline}>
        {outcome === 'came' ? (
          <Trans>It did come.</Trans>
        ) : outcome === 'ahead' ? (
          <Trans>It may come yet.</Trans>
        ) : outcome === 'unknown' ? (
          <Trans>Nobody knows.</Trans>
        ) : null}{' '}
        {last && <Says finding={last} />}
      </h3>
      <ul aria-label={t`What is on record`}>
        {findings.map((finding, place) => (
          <li key={`${place} ${finding.code}`} className={classes.finding} data-stop={finding.isStop}>
            <Icon name={iconOf(finding, outcome, finding === last)} size={14} color={colourOf(finding)} />
            <Label finding={finding} />
            <span>
              <Says finding={finding} />{' '}
              {finding.runId !== null && (
                <Link to="/runs/$id" params={{ id: finding.runId }} className="link">
                  <Trans>Open the run</Trans>
                </Link>
              )}
            </span>
            <span className="text3 num">{finding.at !== null && <Time at={finding.at} />}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function iconOf({ isStop }: AbsenceFinding, outcome: Absence['outcome'], isLast: boolean): IconName {
  if (isStop) return 'cross';
  if (!isLast || outcome === 'came') return 'check';
  return outcome === 'ahead' ? 'clock' : 'help';
}

function colourOf({ isStop }: AbsenceFinding): string {
  return isStop ? 'var(--amber)' : 'var(--green)';
}

function Label({ finding: { code } }: { finding: AbsenceFinding }) {
  const { i18n } = useLingui();
  return <span className="medium">{i18n._(findingWords[code].label)}</span>;
}

function Says({ finding }: { finding: AbsenceFinding }) {
  const { i18n, t } = useLingui();
  const { code, what, reason, version, until } = finding;
  const [first = '', took = '', wanted = ''] = what;
  const isStep = code.startsWith('step.');
  const recorded = recordedWords[reason ?? ''];
  const values = {
    // A run that has made no turn yet stands at no step.
    what: (isStep ? first : what.join(', ')) || t`its beginning`,
    took: took === '' ? t`going on` : took,
    wanted,
    version,
    reason: recorded ? i18n._(recorded) : reason === null ? t`no reason is on record` : durationWords(reason),
  };
  return (
    <>
      {i18n._({ ...findingWords[code].says, values })}
      {until !== null && (
        <>
          , <Trans>until</Trans> <Time at={until} />
        </>
      )}
    </>
  );
}
