import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Step } from '../../../../contracts/runs/runs-api.schema.ts';
import { labelOf } from '../../../../domain/approvals/content-words.ts';
import type { Tone } from '../../ui/chip.tsx';
import { Money } from '../money/money.tsx';
import { Percent } from '../../ui/numbers.tsx';
import { Time, TimeLeft } from '../../ui/time.tsx';
import { dueOf } from './due-of.ts';
import { saidBy, whyPutOff } from './step-trouble.ts';

/** What a step's colour is. */
export function toneOf({ status, waitingFor }: Pick<Step, 'status' | 'waitingFor'>): Tone {
  switch (status) {
    case 'done':
      return 'done';
    case 'failed':
      return 'failed';
    case 'skipped':
      return 'off';
    case 'running':
      return 'running';
    case 'waiting':
      return waitingFor === 'person' ? 'person' : 'waiting';
  }
}

/** How a step came out, or what it waits for, in words. */
export function StepWords({ step }: { step: Step }): ReactNode {
  const { status, waitingFor, detail, dueAt } = step;
  if (status === 'skipped') {
    const why = step.effects.find(({ error }) => error !== null)?.error?.message;
    return why ? <Trans>Skipped: {why}</Trans> : <Trans>Skipped</Trans>;
  }
  if (status === 'failed')
    return (
      <>
        {textOf(detail['message']) ?? textOf(detail['reason']) ?? <Trans>Failed for good</Trans>}
        <Said step={step} />
      </>
    );
  if (status === 'running') return <UnderWay step={step} />;
  if (status === 'waiting')
    return (
      <>
        {waitingFor === 'person' ? (
          <Trans>Waits for a person</Trans>
        ) : waitingFor === 'event' ? (
          <Trans>Waits for an event</Trans>
        ) : (
          <Trans>Waits</Trans>
        )}
        {dueAt && (
          <>
            {' '}
            <Trans>until</Trans> <Time at={dueAt} />,{' '}
            <TimeLeft until={dueAt} due={dueOf(step)} since={step.startedAt} />
          </>
        )}
      </>
    );
  return <Done step={step} />;
}

/** Why a call that is put off has not been done yet, such as a model that is down. */
function UnderWay({ step }: { step: Step }): ReactNode {
  const why = whyPutOff(step);
  if (why === null) return <Trans>Under way</Trans>;
  return (
    <>
      <Trans>Tried again: {why}</Trans>
      <Said step={step} />
    </>
  );
}

/** What the service or the model said itself, where it said something. */
function Said({ step }: { step: Step }): ReactNode {
  const said = saidBy(step);
  if (said === null) return null;
  return (
    <>
      {' '}
      <Trans>It says: “{said}”</Trans>
    </>
  );
}

function Done({ step: { detail, effects } }: { step: Step }): ReactNode {
  const { refundMinor, currency: refundCurrency } = detail;
  if (typeof refundMinor === 'number' && typeof refundCurrency === 'string')
    return (
      <Trans>
        <Money minor={refundMinor} currency={refundCurrency} /> back
      </Trans>
    );
  const outcome = textOf(detail['outcome']);
  const comment = textOf(detail['comment']);
  if (outcome !== null)
    return (
      <>
        {labelOf(outcome)}
        {comment && <>: “{comment}”</>}
      </>
    );
  const { timedOut, result, amountMinor, currency, progressPercent, seat, answer, event, position } = detail;
  if (timedOut === true) return <Trans>Time was up</Trans>;
  if (timedOut === false) return <Trans>Event received</Trans>;
  if (typeof result === 'boolean') return result ? <Trans>Yes</Trans> : <Trans>No</Trans>;
  if (typeof amountMinor === 'number' && typeof currency === 'string')
    return <Money minor={amountMinor} currency={currency} />;
  if (typeof progressPercent === 'number') return <Percent share={progressPercent / 100} />;
  if (typeof position === 'number') return <Trans>Place {position} in the queue</Trans>;
  const word = textOf(seat) ?? textOf(answer);
  if (word !== null) return labelOf(word);
  if (textOf(event) !== null) return textOf(event);
  const [effect] = effects;
  if (!effect) return null;
  // One that was done may have a note, such as which model answered.
  const isExplained = ['suppressed', 'rejected', 'done'].includes(effect.state);
  const reason = isExplained ? effect.error?.message : undefined;
  return (
    <>
      <EffectWord state={effect.state} />
      {reason && <>: {reason}</>}
    </>
  );
}

/** What became of an effect. */
export function EffectWord({ state }: { state: Step['effects'][number]['state'] }) {
  switch (state) {
    case 'planned':
      return <Trans>Planned</Trans>;
    case 'claimed':
      return <Trans>Being done</Trans>;
    case 'handedOff':
      return <Trans>Handed over, no answer yet</Trans>;
    case 'done':
      return <Trans>Done once</Trans>;
    case 'rejected':
      return <Trans>Refused</Trans>;
    case 'deferred':
      return <Trans>Put off</Trans>;
    case 'unknown':
      return <Trans>Outcome unknown</Trans>;
    case 'suppressed':
      return <Trans>Held back on purpose</Trans>;
    case 'resolved':
      return <Trans>Cleared up by a person</Trans>;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
