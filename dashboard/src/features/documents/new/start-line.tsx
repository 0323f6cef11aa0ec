import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import classes from '../batches.module.css';

/** The button that sends the draft, with what it does, or the parts that are `missing` before it can. */
export function StartLine({ missing, isBusy }: { missing: readonly string[]; isBusy: boolean }) {
  return (
    <div className={classes.start}>
      <Button type="submit" variant="filled" loading={isBusy} disabled={missing.length > 0}>
        <Trans>Make the estimate</Trans>
      </Button>
      <span className="small text2" role="status">
        {missing.length > 0 ? (
          <Trans>Still missing: {missing.join(', ')}</Trans>
        ) : (
          <Trans>→ rows and prompts are counted; nothing is spent before you approve the estimate</Trans>
        )}
      </span>
    </div>
  );
}
