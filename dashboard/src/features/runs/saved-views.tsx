import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedView } from '../../../../contracts/access/views-api.schema.ts';
import { removeView, runViewsQuery, saveRunView } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';

type Search = Readonly<Record<string, string | undefined>>;

/** Whether an address shows just what a view does. */
export function isSameView(query: Search, search: Search): boolean {
  const textOf = (of: Search): string => JSON.stringify(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return textOf(query) === textOf(search);
}

/** Saves what the list is narrowed to as a view of one's own, or removes the one that is open. */
export function ViewActions({ search, view }: { search: Search; view: SavedView | undefined }) {
  const client = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  const remove = useMutation({
    mutationFn: removeView,
    onSettled: () => client.invalidateQueries({ queryKey: runViewsQuery.queryKey }),
  });
  if (view)
    return (
      <Button variant="subtle" loading={remove.isPending} onClick={() => remove.mutate(view.id)}>
        <Trans>Remove this view</Trans>
      </Button>
    );
  // What is narrowed to one person would name them beyond their erasure.
  if (Object.keys(search).length === 0 || search['contact'] !== undefined) return null;
  return (
    <>
      <Button variant="subtle" onClick={() => setSaving(true)}>
        <Trans>Save as view…</Trans>
      </Button>
      {isSaving && <SaveView search={search} onClose={() => setSaving(false)} />}
    </>
  );
}

function SaveView({ search, onClose }: { search: Search; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const query = Object.fromEntries(Object.entries(search).flatMap(([key, value]) => (value ? [[key, value]] : [])));
  const save = useMutation({
    mutationFn: () => saveRunView({ name: name.trim(), query }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: runViewsQuery.queryKey }),
  });
  return (
    <Dialog onClose={onClose} title={t`Save as a view`}>
      <DialogForm onSubmit={() => save.mutate()}>
        <TextInput
          label={t`Name`}
          description={t`For you alone; one of the same name is replaced`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={40}
          autoComplete="off"
          data-autofocus
        />
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={name.trim() === ''}>
            <Trans>Save</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
