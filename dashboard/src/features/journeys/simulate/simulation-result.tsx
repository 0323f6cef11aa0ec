import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { SimulationAnswer, SimulationTest } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { TestMailAsked } from '../../../../../contracts/messaging/test-mails-api.schema.ts';
import { factOf } from '../../../../../domain/approvals/content-words.ts';
import { MailText } from '../../../entities/mail/mail-text.tsx';
import { Chip, type Tone } from '../../../ui/chip.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { durationWords, viewerZone } from '../../../ui/time.tsx';
import classes from '../journeys.module.css';

const tones: Record<SimulationAnswer['outcome'], Tone> = {
  completed: 'done',
  exited: 'off',
  failed: 'failed',
  stuck: 'waiting',
  stepLimit: 'failed',
};

/** A simulated run: how it ended, each step with its virtual time and its mail, of which `sendTest` asks for a test, who gets in again, and what was assumed. */
export function SimulationResult(props: {
  answer: SimulationAnswer;
  sendTest: (of: SimulationTest['of']) => Promise<TestMailAsked>;
}) {
  const { answer, sendTest } = props;
  const { t, i18n } = useLingui();
  const { outcome, reason, steps, entries, assumptions, startedAt, endedAt } = answer;
  const start = Date.parse(startedAt);
  const words = {
    completed: t`Goes through`,
    exited: t`Leaves early`,
    failed: t`Fails`,
    stuck: t`Waits without end`,
    stepLimit: t`Loops without a wait`,
  };
  const took = durationWords(i18n, Date.parse(endedAt) - start);
  return (
    <div className={classes.result} role="status">
      <Panel
        title={<Chip tone={tones[outcome]}>{words[outcome]}</Chip>}
        note={
          <Trans>
            after {took}: {reason}
          </Trans>
        }
      >
        <ol className={classes.lines}>
          {steps.map((step) => (
            <li key={`${step.step} ${step.visit}`}>
              <span className="small text2 num">+ {durationWords(i18n, Date.parse(step.startedAt) - start)}</span>
              <span>
                <span className="medium">{step.title}</span>{' '}
                <span className="small text2">
                  {i18n.date(new Date(step.startedAt), {
                    weekday: 'short',
                    day: 'numeric',
                    month: 'short',
                    hour: '2-digit',
                    minute: '2-digit',
                    hourCycle: 'h23',
                  })}
                </span>
                {step.mail ? (
                  <MailText mail={step.mail} sendTest={() => sendTest({ step: step.step, visit: step.visit })} />
                ) : (
                  <Asked asks={step.asks ?? step.detail} />
                )}
              </span>
            </li>
          ))}
        </ol>
      </Panel>
      <Lines title={<Trans>Who gets in</Trans>} lines={entries} />
      <Lines title={<Trans>Assumed, as you left it open</Trans>} lines={assumptions} />
    </div>
  );
}

function Lines({ title, lines }: { title: ReactNode; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Panel title={title}>
      <ul className={`${classes.changes} ${classes.listed}`}>
        {lines.map((line, index) => (
          <li key={`${index} ${line}`}>{line}</li>
        ))}
      </ul>
    </Panel>
  );
}

function Asked({ asks }: { asks: Readonly<Record<string, unknown>> | undefined }) {
  const record = { ...asks };
  const words = Object.entries(record).flatMap(([name, value]) => {
    const fact = typeof value === 'object' ? null : factOf(record, name, viewerZone);
    return fact === null ? [] : [`${fact.label}: ${fact.text}`];
  });
  if (words.length === 0) return null;
  return <span className={`small text3 ${classes.asked}`}>{words.join(' · ').slice(0, 240)}</span>;
}
