import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { incidentRoutes } from '../../../../contracts/operations/incidents.routes.ts';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import { resolveIncident } from '../../api/incidents.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { notifyDone } from '../../ui/notify.tsx';

/** Says that an incident is dealt with. */
export function ResolveIncident({ incident }: { incident: Incident }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const resolve = useMutation({
    mutationFn: (note: string) => resolveIncident(incident.id, note),
    onSuccess: () => {
      setOpen(false);
      notifyDone(<Trans>Kept as resolved.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [incidentRoutes.list.path] }),
  });
  return (
    <>
      <Button variant="filled" onClick={() => setOpen(true)}>
        <Trans>Resolve…</Trans>
      </Button>
      {isOpen && (
        <ConfirmWithReason
          onClose={() => setOpen(false)}
          title={t`Resolve this incident`}
          action={t`Resolve`}
          isBusy={resolve.isPending}
          error={resolve.error}
          onConfirm={(note) => resolve.mutate(note)}
        >
          {incident.message}
        </ConfirmWithReason>
      )}
    </>
  );
}
