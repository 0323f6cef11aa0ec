import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { bulkRoutes } from '../../../../contracts/runs/bulk.routes.ts';
import type { BulkRuns } from '../../../../contracts/runs/bulk-api.schema.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { startBulk } from '../../api/bulk.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { type BulkKind, bulkKinds, bulkTakes, useBulkWords } from './bulk-words.tsx';
import classes from './runs.module.css';

/** What can be done to the chosen runs. Each action counts the runs that can take it. */
export function BulkBar({ chosen, onChosen }: { chosen: readonly Run[]; onChosen: (ids: string[]) => void }) {
  const { t } = useLingui();
  const [asked, setAsked] = useState<{ kind: BulkKind; ids: string[] } | null>(null);
  const words = useBulkWords(0);
  if (chosen.length === 0) return null;
  return (
    <div className={classes.bulk} role="region" aria-label={t`The chosen runs`}>
      <span className="medium" role="status">
        <Plural value={chosen.length} one="# chosen" other="# chosen" />
      </span>
      {bulkKinds.map((kind) => {
        const ids = chosen.filter(bulkTakes[kind]).map(({ id }) => id);
        if (ids.length === 0) return null;
        return (
          <Button key={kind} variant={kind === 'cancel' ? 'danger' : 'default'} onClick={() => setAsked({ kind, ids })}>
            {words[kind].label} <span className={`num text2 ${classes.able}`}>{ids.length}</span>
          </Button>
        );
      })}
      <Button variant="subtle" onClick={() => onChosen([])}>
        <Trans>Choose none</Trans>
      </Button>
      {asked && (
        <BulkDialog
          kind={asked.kind}
          runs={{ ids: asked.ids }}
          count={asked.ids.length}
          onStarted={() => onChosen([])}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

/** Asks why, and has the server ask the runs: it goes on without this page, and its progress is above the list. */
export function BulkDialog(props: {
  kind: BulkKind;
  runs: BulkRuns;
  count: number;
  onStarted?: () => void;
  onClose: () => void;
}) {
  const { kind, runs, count, onStarted, onClose } = props;
  const client = useQueryClient();
  const once = useRef(crypto.randomUUID());
  const { title, action, says } = useBulkWords(count)[kind];
  const start = useMutation({
    mutationFn: (reason: string) => startBulk({ kind, runs, reason }, once.current),
    onSuccess: ({ total }) => {
      notifyDone(<Plural value={total} one="# run is asked" other="# runs are asked, one after the other" />);
      onStarted?.();
      onClose();
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: [bulkRoutes.list.path] }),
  });
  return (
    <ConfirmWithReason
      onClose={onClose}
      title={title}
      action={action}
      isDangerous={kind === 'cancel'}
      count={count}
      isBusy={start.isPending}
      error={start.error}
      onConfirm={start.mutate}
    >
      {says}
    </ConfirmWithReason>
  );
}
