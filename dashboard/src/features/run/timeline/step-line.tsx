import { Plural, useLingui } from '@lingui/react/macro';
import type { Step } from '../../../../../contracts/runs/runs-api.schema.ts';
import { lookOf } from '../../../entities/run/step-looks.ts';
import { StepWords, toneOf } from '../../../entities/run/step-words.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { durationWords, Time } from '../../../ui/time.tsx';
import { EffectLine } from './effect-line.tsx';
import classes from '../run.module.css';
import type { Scale } from './scale.ts';

const colours = {
  done: 'var(--blue-mark)',
  person: 'var(--amber-mark)',
  waiting: 'var(--violet-mark)',
  running: 'var(--blue-mark)',
  failed: 'var(--red-mark)',
  off: 'var(--grey-mark)',
};

/** A step: what it was, how it came out, when it took how long; what it did outside unfolds. */
export function StepLine(props: { step: Step; scale: Scale; until: number; due: number | null; isLive: boolean }) {
  const { step, scale, until, due, isLive } = props;
  const { i18n } = useLingui();
  const { kind, title, status, startedAt, endedAt, effects } = step;
  const tone = toneOf(step);
  const from = Date.parse(startedAt);
  const to = endedAt ? Date.parse(endedAt) : until;
  const look = lookOf(kind);
  const colour = colours[tone === 'done' ? (look.spent ?? tone) : tone];
  const attempts = Math.max(0, ...effects.map(({ attempt }) => attempt));
  return (
    <div className={`${classes.step} ${status === 'waiting' ? classes.open : ''} fresh`}>
      <span className={classes.mark} data-tone={tone}>
        <Icon name={status === 'failed' ? 'cross' : look.icon} size={12} />
      </span>
      <div>
        <span className="medium">{title}</span>{' '}
        {attempts > 1 && (
          <span className="small text2">
            <Plural value={attempts} one="# attempt" other="# attempts" />
          </span>
        )}
        <div className="small text2">
          <StepWords step={step} />
        </div>
      </div>
      <div className={classes.lane} aria-hidden>
        <i
          style={{
            insetInlineStart: `${scale(from) * 100}%`,
            width: `${Math.max(0, scale(to) - scale(from)) * 100}%`,
            background: colour,
          }}
        />
        {status === 'waiting' && due !== null && (
          <s style={{ insetInlineStart: `${scale(until) * 100}%`, width: `${(scale(due) - scale(until)) * 100}%` }} />
        )}
        {isLive && <u style={{ insetInlineStart: `${scale(until) * 100}%` }} />}
      </div>
      <div className={classes.took}>
        <div className="num">{durationWords(i18n, Math.max(0, to - from))}</div>
        <div className="text3">
          <Time at={startedAt} />
        </div>
      </div>
      {effects.length > 0 && (
        <details className={classes.more} open={effects.some(({ state }) => state === 'unknown')}>
          <summary className="small text2">
            <Plural value={effects.length} one="# call to the outside" other="# calls to the outside" />
          </summary>
          <ul className={classes.effects}>
            {effects.map((effect) => (
              <EffectLine key={effect.id} effect={effect} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
