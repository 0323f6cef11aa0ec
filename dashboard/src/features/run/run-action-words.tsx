import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import type { IconName } from '../../ui/icons.tsx';

/** An operation that a run may take. */
export type RunAction = RunDetail['operations'][number];

/** Those that are asked about with a reason alone. */
export type PlainAction = Exclude<RunAction, 'rewind' | 'complete' | 'restart'>;

/** The icon of each operation. */
export const actionIcons: Record<RunAction, IconName> = {
  pause: 'pause',
  resume: 'play',
  rewind: 'undo',
  cancel: 'exit',
  terminate: 'stop',
  retry: 'undo',
  skip: 'chevron',
  complete: 'check',
  restart: 'play',
};

/** Those that are rarely needed; they are in the menu. */
export const rareActions: readonly RunAction[] = ['skip', 'complete', 'cancel', 'terminate'];

/** What the buttons say. */
export function useActionLabels(): Record<RunAction, string> {
  const { t } = useLingui();
  return {
    pause: t`Pause`,
    resume: t`Resume`,
    rewind: t`Rewind to…`,
    cancel: t`Cancel…`,
    terminate: t`Terminate…`,
    retry: t`Retry…`,
    skip: t`Skip the step…`,
    complete: t`Complete by hand…`,
    restart: t`Run again…`,
  };
}

/** The dialog of an operation: its title, its button, and what will happen. */
export function usePlainWords(run: RunDetail): Record<PlainAction, { title: string; action: string; says: ReactNode }> {
  const { t } = useLingui();
  const step = run.failure?.title ?? '';
  return {
    pause: {
      title: t`Pause this run`,
      action: t`Pause`,
      says: t`It stops before its next step; what is being sent right now is finished. Deadlines go on, and act when you resume.`,
    },
    resume: {
      title: t`Resume this run`,
      action: t`Resume`,
      says: t`It goes on where it stopped. Deadlines that have passed meanwhile act at once.`,
    },
    cancel: {
      title: t`Cancel this run`,
      action: t`Cancel the run`,
      says: t`It leaves in good order: a seat is freed, an open payment is closed, nothing more is sent. What was done stays done. This cannot be undone.`,
    },
    terminate: {
      title: t`Terminate this run`,
      action: t`Terminate the run`,
      says: t`Its workflow ends at once, without cleaning up: a seat stays taken, nothing is refunded. Use it only for a run that does not respond to Cancel.`,
    },
    retry: { title: t`Retry this run`, action: t`Retry`, says: <RetryWords run={run} /> },
    skip: {
      title: t`Skip the step that failed`,
      action: t`Skip the step`,
      says: t`“${step}” is left out, and the run goes on behind it. Steps that use its output find nothing there.`,
    },
  };
}

function RetryWords({ run: { failure } }: { run: RunDetail }) {
  if (!failure)
    return <Trans>The run goes on where it was when it was terminated. Deadlines that have passed act at once.</Trans>;
  const { title, happened } = failure;
  return (
    <>
      <p>
        <Trans>
          “{title}” is done once more, with what is known of the person now. What the run did before is not repeated.
        </Trans>
      </p>
      {happened.length > 0 && (
        <p className="medium">
          <Trans>
            Look first: what this step does may have reached the person already. If you retry, it is done a second time.
          </Trans>
        </p>
      )}
    </>
  );
}
