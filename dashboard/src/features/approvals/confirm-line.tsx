import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Kbd } from '../../ui/keys/kbd.tsx';
import classes from './inbox.module.css';
import type { Outcome } from './use-decision.tsx';

/** The button that confirms what is chosen, with the `amounts` that it carries, and what is missing or under way. */
export function ConfirmLine(props: {
  id: string;
  chosen: Outcome | null;
  amounts: string;
  isComplete: boolean;
  isBusy: boolean;
}) {
  const { id, chosen, amounts, isComplete, isBusy } = props;
  return (
    <div id={id} className={classes.confirm}>
      {chosen && (
        <Button
          type="submit"
          variant="filled"
          loading={isBusy}
          disabled={!isComplete}
          rightSection={<Kbd keys="mod+Enter" />}
        >
          <Trans>Confirm “{chosen.label}”</Trans>
          {amounts && `: ${amounts}`}
        </Button>
      )}
      <span className="small text2" role="status">
        {isBusy ? (
          <Trans>Being recorded…</Trans>
        ) : chosen && !isComplete ? (
          <Trans>Say more before you confirm: this outcome needs it.</Trans>
        ) : chosen ? null : (
          <Trans>Choose an outcome; nothing counts before you confirm it.</Trans>
        )}
      </span>
    </div>
  );
}
