import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import { modelRoutes } from '../../../../../contracts/models/models.routes.ts';
import { putModel } from '../../../api/admin/models.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { noteLocalRow } from '../../../ui/table/local-rows.ts';
import { DialectFields } from './dialect-fields.tsx';
import { changeOf, type ModelValues, valuesOf } from './model-fields.ts';
import { PriceFields } from './price-fields.tsx';

/** Takes a model of the workspace's own, a new one where `name` is null. */
export function ModelForm({ name, own, onClose }: { name: string | null; own: Model['own']; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [newName, setName] = useState('');
  const [values, setValues] = useState<ModelValues>(() => valuesOf(own, new Date().toISOString().slice(0, 10)));
  const set = (change: Partial<ModelValues>): void => setValues((before) => ({ ...before, ...change }));
  const save = useMutation({
    mutationFn: () => putModel(name ?? newName.trim(), changeOf(values)),
    onSuccess: (model) => {
      noteLocalRow(model.name);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: [modelRoutes.list.path] }),
  });
  const isWhole = (name ?? newName.trim()) !== '' && values.url.trim() !== '';
  return (
    <Dialog onClose={onClose} title={name ?? t`Add a model`} isWide>
      <DialogForm onSubmit={() => save.mutate()}>
        {name === null && (
          <TextInput
            label={t`Name`}
            description={t`By which steps and batches ask for it, in the place of the installation’s of that name`}
            value={newName}
            onChange={({ currentTarget: { value } }) => setName(value)}
            maxLength={120}
            required
            data-autofocus
          />
        )}
        <TextInput
          label={t`Address`}
          description={t`Of a service with OpenAI’s chat API, such as https://api.openai.com/v1`}
          value={values.url}
          onChange={({ currentTarget: { value } }) => set({ url: value })}
          maxLength={2_000}
          inputMode="url"
          required
        />
        <PasswordInput
          label={t`Key`}
          description={
            own && own.keyEndsWith !== null ? t`Left empty, it stays as it is` : t`Stored sealed and never shown again`
          }
          value={values.apiKey}
          onChange={({ currentTarget: { value } }) => set({ apiKey: value })}
          maxLength={2_000}
          autoComplete="off"
          disabled={values.isKeyless}
          visibilityToggleButtonProps={{ 'aria-label': t`Show or hide it` }}
        />
        <Checkbox
          label={t`It asks for no key`}
          checked={values.isKeyless}
          onChange={({ currentTarget: { checked } }) => set({ isKeyless: checked })}
        />
        <PriceFields values={values} onChange={set} />
        <DialectFields values={values} onChange={set} />
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={!isWhole}>
            <Trans>Save</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
