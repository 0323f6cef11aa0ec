import { useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Kbd } from '../../ui/keys/kbd.tsx';
import classes from './inbox.module.css';
import type { Outcome } from './use-decision.tsx';

/** The outcomes of an approval, each with its key and with what follows. */
export function OutcomeButtons(props: {
  outcomes: readonly Outcome[];
  chosen: Outcome | null;
  isBusy: boolean;
  onChoose: (outcome: Outcome) => void;
}) {
  const { t } = useLingui();
  const { outcomes, chosen, isBusy, onChoose } = props;
  return (
    <div className={classes.outcomes} role="group" aria-label={t`Outcomes`}>
      {outcomes.map((outcome, index) => (
        <div key={outcome.name} className={classes.outcome}>
          <Button
            aria-pressed={chosen?.name === outcome.name}
            variant={chosen?.name === outcome.name ? 'filled' : 'default'}
            rightSection={<Kbd keys={String(index + 1)} />}
            onClick={() => onChoose(outcome)}
            disabled={isBusy}
          >
            {outcome.label}
          </Button>
          {outcome.follows && <span className={classes.follows}>→ {outcome.follows}</span>}
        </div>
      ))}
    </div>
  );
}
