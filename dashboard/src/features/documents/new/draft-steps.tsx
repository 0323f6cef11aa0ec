import { useLingui } from '@lingui/react/macro';
import { Icon } from '../../../ui/icons.tsx';
import classes from '../batches.module.css';

/** A part of the form, by the id of its place on the page. */
export type DraftStep = { id: string; label: string; isDone: boolean };

/** The parts of the form in their order, each with whether it is complete; a click goes there. */
export function DraftSteps({ steps }: { steps: readonly DraftStep[] }) {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Steps`}>
      <ol className={classes.steps}>
        {steps.map(({ id, label, isDone }, index) => (
          <li key={id}>
            <a href={`#${id}`}>
              <span className={classes.dot} data-done={isDone}>
                {isDone ? <Icon name="check" size={12} /> : index + 1}
              </span>
              {label}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
