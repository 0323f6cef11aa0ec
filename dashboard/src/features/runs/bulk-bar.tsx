import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { runRoutes } from '../../../../contracts/runs/runs.routes.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { operate } from '../../api/runs.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import classes from './runs.module.css';

type Kind = 'pause' | 'resume' | 'cancel';

const takes: Record<Kind, (run: Run) => boolean> = {
  pause: ({ endedAt, status }) => endedAt === null && status !== 'paused',
  resume: ({ status }) => status === 'paused',
  cancel: ({ endedAt }) => endedAt === null,
};

/** What can be done to the chosen runs. Each action counts the runs that can take it; those that fail stay chosen. */
export function BulkBar({ chosen, onChosen }: { chosen: readonly Run[]; onChosen: (ids: string[]) => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Kind | null>(null);
  const [done, setDone] = useState(0);
  const runs = asked ? chosen.filter(takes[asked]) : [];
  const act = useMutation({
    mutationFn: async ({ kind, reason }: { kind: Kind; reason: string }) => {
      const failed: string[] = [];
      let firstError: unknown = null;
      for (const [index, run] of runs.entries()) {
        await operate(run.id, { kind, reason }).catch((error: unknown) => {
          firstError ??= error;
          failed.push(run.id);
        });
        setDone(index + 1);
      }
      onChosen(failed);
      if (firstError !== null) throw firstError;
      return runs.length;
    },
    onSuccess: (count) => {
      setAsked(null);
      notifyDone(<Plural value={count} one="Sent to # run" other="Sent to # runs" />);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [runRoutes.list.path] }),
  });
  if (chosen.length === 0) return null;
  const labels = { pause: t`Pause`, resume: t`Resume`, cancel: t`Cancel…` };
  const count = runs.length;
  return (
    <div className={classes.bulk} role="region" aria-label={t`The chosen runs`}>
      <span className="medium" role="status">
        <Plural value={chosen.length} one="# chosen" other="# chosen" />
      </span>
      {(['pause', 'resume', 'cancel'] as const).map((kind) => {
        const able = chosen.filter(takes[kind]).length;
        if (able === 0) return null;
        return (
          <Button
            key={kind}
            variant={kind === 'cancel' ? 'danger' : 'default'}
            onClick={() => {
              act.reset();
              setDone(0);
              setAsked(kind);
            }}
          >
            {labels[kind]} <span className={`num text2 ${classes.able}`}>{able}</span>
          </Button>
        );
      })}
      <Button variant="subtle" onClick={() => onChosen([])}>
        <Trans>Choose none</Trans>
      </Button>
      {asked && (
        <ConfirmWithReason
          onClose={() => setAsked(null)}
          title={{ pause: t`Pause these runs`, resume: t`Resume these runs`, cancel: t`Cancel these runs` }[asked]}
          action={{ pause: t`Pause ${count}`, resume: t`Resume ${count}`, cancel: t`Cancel ${count}` }[asked]}
          isDangerous={asked === 'cancel'}
          count={count}
          isBusy={act.isPending}
          error={act.error}
          onConfirm={(reason) => act.mutate({ kind: asked, reason })}
        >
          {asked === 'cancel' ? (
            <Trans>
              Each of them leaves in good order at its next step: nothing more is sent, what was done stays done. This
              cannot be undone.
            </Trans>
          ) : asked === 'pause' ? (
            <Trans>
              They stop before their next step; what is being sent right now is finished. Resume at any time.
            </Trans>
          ) : (
            <Trans>They go on where they stopped; deadlines that have passed meanwhile act at once.</Trans>
          )}
          {act.isPending && (
            <p className="num">
              <Trans>
                {done} of {count} sent
              </Trans>
            </p>
          )}
        </ConfirmWithReason>
      )}
    </div>
  );
}
