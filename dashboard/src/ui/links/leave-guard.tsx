import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { Dialog, DialogForm } from '../dialog.tsx';

/** Asks before a page is left on which something was typed that is not saved: a link, a key, the browser's own ways. */
export function LeaveGuard({ isDirty }: { isDirty: () => boolean }) {
  const { t } = useLingui();
  const blocker = useBlocker({
    shouldBlockFn: isDirty,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Dialog onClose={blocker.reset} title={t`Leave without saving?`}>
      <DialogForm onSubmit={blocker.proceed}>
        <p className="text2">
          <Trans>What you have typed here is not saved, and goes with the page.</Trans>
        </p>
        <div>
          <Button onClick={blocker.reset} variant="filled" data-autofocus mr="xs">
            <Trans>Stay here</Trans>
          </Button>
          <Button type="submit" variant="danger">
            <Trans>Leave and lose it</Trans>
          </Button>
        </div>
      </DialogForm>
    </Dialog>
  );
}
