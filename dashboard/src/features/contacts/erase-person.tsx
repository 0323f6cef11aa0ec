import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contactRoutes } from '../../../../contracts/contacts/contacts.routes.ts';
import { eraseContact } from '../../api/contacts.ts';
import { type ApiProblem, hasCode } from '../../api/http/problem.ts';
import { runsQuery } from '../../api/runs.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { standsInErasure } from '../../entities/run/run-kinds.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { useLateNavigate } from '../../ui/use-still-here.ts';
import { ErasureEffects } from './erasure-effects.tsx';

/** More runs than anyone is in at a time. */
const most = 50;

/** Erases a person for good; their external id has to be typed. */
export function ErasePerson({ externalId }: { externalId: string }) {
  const { t } = useLingui();
  const navigate = useLateNavigate();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const live = useInfiniteQuery({ ...runsQuery({ contact: externalId, state: 'live' }, most), enabled: isOpen });
  const runs = live.data?.pages[0]?.items ?? [];
  const erase = useMutation({
    mutationFn: () => eraseContact(externalId),
    onSuccess: async () => {
      notifyDone(<Trans>Erased.</Trans>);
      await navigate({ to: '/contacts' });
      void client.invalidateQueries({ queryKey: [contactRoutes.list.path] });
    },
  });
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        <Trans>Erase…</Trans>
      </Button>
      {isOpen && (
        <Dialog onClose={() => setOpen(false)} title={t`Erase this person`}>
          <DialogForm onSubmit={() => erase.mutate()}>
            <p className="text2">
              <Trans>
                What is known of them is deleted: facts, events, contents of mails, and within minutes their rows and
                letters in batches. Runs stay as numbers without a name. This cannot be undone.
              </Trans>
            </p>
            <ErasureEffects runs={runs} refusedBy={refusedBy(erase.error)} />
            <TextInput
              label={t`Type ${externalId} to confirm`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
            <Refusal error={erase.error} />
            <DialogButtons onClose={() => setOpen(false)}>
              <Button
                type="submit"
                variant="danger"
                loading={erase.isPending}
                disabled={typed !== externalId || runs.some(({ kind }) => standsInErasure[kind])}
              >
                <Trans>Erase for good</Trans>
              </Button>
            </DialogButtons>
          </DialogForm>
        </Dialog>
      )}
    </>
  );
}

/** The runs that an erasure was refused for. */
function refusedBy(error: unknown): string[] {
  if (!hasCode(error, 'contact.inUse')) return [];
  const { runs } = (error as ApiProblem).problem as { runs?: { runId: string }[] };
  return runs?.map(({ runId }) => runId) ?? [];
}
