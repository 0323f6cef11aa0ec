import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Radio } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { runRoutes } from '../../../../../contracts/runs/runs.routes.ts';
import { queriesOf } from '../../../api/http/queries-of.ts';
import type { Effect } from '../../../../../contracts/runs/effects-api.schema.ts';
import { resolveEffect } from '../../../api/runs.ts';
import { useCan } from '../../../api/session.ts';
import { ConfirmWithReason } from '../../../entities/answer/confirm.tsx';
import { notifyDone } from '../../../ui/notify.tsx';
import classes from '../run.module.css';

/** Records what a person found out about an effect with an unknown outcome. */
export function SettleEffect({ effect: { id } }: { effect: Effect }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const maySettle = useCan('effects:resolve');
  const [isOpen, setOpen] = useState(false);
  const [answer, setAnswer] = useState('yes');
  const settle = useMutation({
    mutationFn: (reason: string) => resolveEffect(id, { happened: answer === 'yes', reason }),
    onSuccess: () => {
      setOpen(false);
      notifyDone(<Trans>Recorded. Nothing was sent.</Trans>);
    },
    onSettled: () => client.invalidateQueries(queriesOf(runRoutes.list)),
  });
  if (!maySettle) return null;
  return (
    <>
      <Button size="compact-sm" onClick={() => setOpen(true)}>
        <Trans>I know how it ended…</Trans>
      </Button>
      {isOpen && (
        <ConfirmWithReason
          onClose={() => setOpen(false)}
          title={t`How did it end?`}
          action={t`Record it`}
          isBusy={settle.isPending}
          error={settle.error}
          onConfirm={(reason) => settle.mutate(reason)}
        >
          <p>
            <Trans>
              It was handed over and no reply came, so it is not repeated: twice would be worse than never. Look it up
              at the receiver, then record what you found. This sends nothing.
            </Trans>
          </p>
          <Radio.Group value={answer} onChange={setAnswer} label={t`Did it happen?`} mt="sm">
            <div className={classes.answers}>
              <Radio value="yes" label={t`Yes, it happened`} />
              <Radio value="no" label={t`No, it did not`} />
            </div>
          </Radio.Group>
        </ConfirmWithReason>
      )}
    </>
  );
}
