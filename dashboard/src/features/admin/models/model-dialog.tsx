import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import { modelRoutes } from '../../../../../contracts/models/models.routes.ts';
import { isUnderWay, removeModel, tryModel } from '../../../api/admin/models.ts';
import { useCan } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import adminClasses from '../admin.module.css';
import { ModelFacts } from './model-facts.tsx';
import { ModelForm } from './model-form.tsx';
import { Trial } from './model-trial.tsx';

/** One model: what is known of it, its trial, and for one of the workspace's own its change and its removal. */
export function ModelDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayWrite = useCan('keys:write');
  const [next, setNext] = useState<'change' | 'remove' | null>(null);
  const { name, own, trial } = model;
  const onSettled = (): Promise<void> => client.invalidateQueries({ queryKey: [modelRoutes.list.path] });
  const test = useMutation({ mutationFn: () => tryModel(name), onSettled });
  const remove = useMutation({ mutationFn: () => removeModel(name), onSuccess: onClose, onSettled });
  if (next === 'change') return <ModelForm name={name} own={own} onClose={onClose} />;
  return (
    <Dialog onClose={onClose} title={name} isWide>
      <div className={adminClasses.form}>
        <ModelFacts model={model} />
        <Trial trial={trial} />
        {next === 'remove' && (
          <p className="text2">
            <Trans>
              Steps and batches that name it use the installation’s model of that name from now on, or are refused. Its
              key is deleted.
            </Trans>
          </p>
        )}
        <Refusal error={test.error ?? remove.error} />
        {mayWrite && (
          <div className={adminClasses.ends}>
            {own &&
              (next === 'remove' ? (
                <Button variant="danger" loading={remove.isPending} onClick={() => remove.mutate()}>
                  <Trans>Remove the model</Trans>
                </Button>
              ) : (
                <>
                  <Button variant="danger" onClick={() => setNext('remove')}>
                    <Trans>Remove…</Trans>
                  </Button>
                  <Button onClick={() => setNext('change')}>
                    <Trans>Change</Trans>
                  </Button>
                </>
              ))}
            <Button
              variant="filled"
              title={t`A worker asks it a small question; that costs a few hundred tokens.`}
              loading={test.isPending || (trial !== null && isUnderWay(trial))}
              onClick={() => test.mutate()}
            >
              <Trans>Test it</Trans>
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}
