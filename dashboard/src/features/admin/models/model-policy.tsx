import { Trans, useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ModelPolicy as Policy } from '../../../../../contracts/models/models-api.schema.ts';
import { modelRoutes } from '../../../../../contracts/models/models.routes.ts';
import { putModelPolicy } from '../../../api/admin/models.ts';
import { useCan } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import classes from './models.module.css';

/** Whether models of the workspace's own without a price may be asked. */
export function ModelPolicy({ policy: { countsUnpriced } }: { policy: Policy }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayWrite = useCan('keys:write');
  const save = useMutation({
    mutationFn: putModelPolicy,
    onSettled: () => client.invalidateQueries({ queryKey: [modelRoutes.list.path] }),
  });
  return (
    <div className={classes.policy}>
      <Switch
        label={t`Ask models of your own that have no price, and count their tokens alone`}
        description={
          countsUnpriced ? (
            <Trans>No budget holds them back.</Trans>
          ) : (
            <Trans>Publishing and batches refuse them.</Trans>
          )
        }
        checked={save.isPending ? save.variables.countsUnpriced : countsUnpriced}
        disabled={!mayWrite || save.isPending}
        onChange={({ currentTarget: { checked } }) => save.mutate({ countsUnpriced: checked })}
      />
      <Refusal error={save.error} />
    </div>
  );
}
