import type { I18n } from '@lingui/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { subjectWords } from '../../entities/run/run-kinds.tsx';
import { Facts } from '../../ui/panel.tsx';
import { CopyId, Technical } from '../../ui/technical.tsx';
import { Time } from '../../ui/time.tsx';
import { fieldWords } from './field-words.ts';
import classes from './inbox.module.css';

/** What stands beside the content: who decided so far, what happens without a decision, where it comes from. */
export function GateFacts({ gate }: { gate: Gate }) {
  const { t, i18n } = useLingui();
  const { contact, contactName, votes: decisions, outcomes, onTimeout, dueAt, subject, runId, runTitle } = gate;
  const followsOf = (name: string) => outcomes.find((outcome) => outcome.name === name)?.follows;
  const labelOf = (name: string): string => outcomes.find((outcome) => outcome.name === name)?.label ?? name;
  return (
    <aside className={classes.facts} aria-label={t`About this decision`}>
      <section>
        <h3 className={`${classes.label} caption`}>
          <Trans>Who decided so far</Trans>
        </h3>
        {decisions.length === 0 ? (
          <p className="small text2">
            <Assigned gate={gate} />
          </p>
        ) : (
          <ul className={classes.votes}>
            {decisions.map((decision) => (
              <li key={`${decision.by.id} ${decision.at}`}>
                <span className="medium">{decision.by.name}</span>: {labelOf(decision.outcome)}
                {formWords(i18n, gate, decision)}{' '}
                <span className="text3">
                  {decision.via === 'mail' ? <Trans>from the mail,</Trans> : null} <Time at={decision.at} />
                </span>
                {decision.comment && <p className="text2">“{decision.comment}”</p>}
              </li>
            ))}
          </ul>
        )}
      </section>
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
                <Link to="/contacts/$externalId" params={{ externalId: contact }} className="link">
                  {contactName ?? contact}
                </Link>
              ),
            },
            {
              key: 'run',
              name: <Trans>Requested by</Trans>,
              value: (
                <Link to="/runs/$id" params={{ id: runId }} className="link">
                  {subjectWords({ subject, title: runTitle })}
                </Link>
              ),
            },
            {
              key: 'timeout',
              name: <Trans>If nobody decides</Trans>,
              value: gate.paused ? (
                <Trans>It waits: the run is paused, and nothing is decided by that</Trans>
              ) : onTimeout && dueAt ? (
                <>
                  {labelOf(onTimeout)}, <Time at={dueAt} />
                  {followsOf(onTimeout) && <span className="block small text2">→ {followsOf(onTimeout)}</span>}
                </>
              ) : (
                <Trans>It waits</Trans>
              ),
            },
          ]}
        />
      </section>
      <Technical>
        <Facts
          facts={[
            { key: 'gate', name: <Trans>Gate</Trans>, value: <CopyId id={gate.id} /> },
            { key: 'step', name: <Trans>Step</Trans>, value: <code className="mono">{gate.step}</code> },
            { key: 'hash', name: <Trans>Content</Trans>, value: <CopyId id={gate.contentHash} /> },
          ]}
        />
      </Technical>
    </aside>
  );
}

/** The numbers that came with a decision: `, €60.00`. */
function formWords(i18n: I18n, { outcomes }: Gate, { outcome, form }: Gate['votes'][number]): string {
  const fields = outcomes.find(({ name }) => name === outcome)?.fields ?? [];
  return fields
    .flatMap((field) => {
      const value = form[field.name];
      return typeof value === 'number' ? [`, ${fieldWords(i18n, field, value)}`] : [];
    })
    .join('');
}

function Assigned({ gate: { assignee, status } }: { gate: Gate }) {
  if (status === 'expired') return <Trans>Nobody, in time: the outcome for that was taken.</Trans>;
  const role = assignee.id;
  return assignee.kind === 'role' ? (
    <Trans>Nobody yet. One person with the role “{role}” is enough.</Trans>
  ) : (
    <Trans>Nobody yet. It is one person’s to decide.</Trans>
  );
}
