import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { runRoutes } from '../../../../contracts/runs/runs.routes.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { operate } from '../../api/runs.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { runName } from '../../entities/run/run-kinds.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { type BulkKind, bulkKinds, bulkTakes, useBulkWords } from './bulk-words.tsx';
import { type Asked, operateEach } from './operate-each.ts';
import classes from './runs.module.css';

/** What can be done to the chosen runs. Each action counts the runs that can take it; those that refuse stay chosen and are named. */
export function BulkBar({ chosen, onChosen }: { chosen: readonly Run[]; onChosen: (ids: string[]) => void }) {
  const { t } = useLingui();
  const [asked, setAsked] = useState<BulkKind | null>(null);
  const words = useBulkWords(0);
  if (chosen.length === 0) return null;
  return (
    <div className={classes.bulk} role="region" aria-label={t`The chosen runs`}>
      <span className="medium" role="status">
        <Plural value={chosen.length} one="# chosen" other="# chosen" />
      </span>
      {bulkKinds.map((kind) => {
        const able = chosen.filter(bulkTakes[kind]).length;
        if (able === 0) return null;
        return (
          <Button key={kind} variant={kind === 'cancel' ? 'danger' : 'default'} onClick={() => setAsked(kind)}>
            {words[kind].label} <span className={`num text2 ${classes.able}`}>{able}</span>
          </Button>
        );
      })}
      <Button variant="subtle" onClick={() => onChosen([])}>
        <Trans>Choose none</Trans>
      </Button>
      {asked && <BulkDialog kind={asked} chosen={chosen} onChosen={onChosen} onClose={() => setAsked(null)} />}
    </div>
  );
}

function BulkDialog(props: {
  kind: BulkKind;
  chosen: readonly Run[];
  onChosen: (ids: string[]) => void;
  onClose: () => void;
}) {
  const { kind, chosen, onChosen, onClose } = props;
  const client = useQueryClient();
  const [answered, setAnswered] = useState(0);
  // The list changes under the dialog as the runs take what was asked.
  const [runs, setRuns] = useState(() => chosen.filter(bulkTakes[kind]));
  const count = runs.length;
  const { title, action, says } = useBulkWords(count)[kind];
  const act = useMutation({
    mutationFn: (reason: string) => operateEach(runs, ({ id }) => operate(id, { kind, reason }), setAnswered),
    onSuccess: ({ taken, refused }) => {
      onChosen(refused.map(({ run }) => run.id));
      setRuns(refused.map(({ run }) => run));
      if (taken > 0) notifyDone(<Plural value={taken} one="Sent to # run" other="Sent to # runs" />);
      if (refused.length === 0) onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: [runRoutes.list.path] }),
  });
  return (
    <ConfirmWithReason
      onClose={onClose}
      title={title}
      action={action}
      isDangerous={kind === 'cancel'}
      count={count}
      isBusy={act.isPending}
      error={act.error}
      onConfirm={act.mutate}
    >
      {says}
      {act.isPending && (
        <p className="num">
          <Trans>
            {answered} of {count} sent
          </Trans>
        </p>
      )}
      {act.data && <Refused refused={act.data.refused} />}
    </ConfirmWithReason>
  );
}

/** The runs that refused, each with what it said. */
function Refused({ refused }: Pick<Asked, 'refused'>) {
  const { t } = useLingui();
  return (
    <ul className={classes.refused} aria-label={t`Runs that did not take it`}>
      {refused.map(({ run, error }) => (
        <li key={run.id}>
          <span className="medium">{runName(run)}</span>
          <Refusal error={error} />
        </li>
      ))}
    </ul>
  );
}
