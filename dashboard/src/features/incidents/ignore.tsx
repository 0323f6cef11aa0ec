import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { incidentRoutes } from '../../../../contracts/operations/incidents.routes.ts';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import { heedIncident, ignoreIncident } from '../../api/incidents.ts';
import { ReasonField } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { useHourChoices } from '../../ui/time.tsx';

/** Ignores an incident for a while, or looks at it again. */
export function IgnoreIncident({ incident }: { incident: Incident }) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const heed = useMutation({
    mutationFn: () => heedIncident(incident.id),
    onSettled: () => client.invalidateQueries({ queryKey: [incidentRoutes.list.path] }),
  });
  if (incident.state === 'ignored')
    return (
      <>
        <Button loading={heed.isPending} onClick={() => heed.mutate()}>
          <Trans>Ignore it no longer</Trans>
        </Button>
        <Refusal error={heed.error} />
      </>
    );
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Trans>Ignore until…</Trans>
      </Button>
      {isOpen && <IgnoreDialog incident={incident} onClose={() => setOpen(false)} />}
    </>
  );
}

function IgnoreDialog({ incident: { id, size, message }, onClose }: { incident: Incident; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const choices = useHourChoices();
  const [hours, setHours] = useState('24');
  const [above, setAbove] = useState<number | string>(size);
  const [reason, setReason] = useState('');
  const ignore = useMutation({
    mutationFn: () =>
      ignoreIncident(id, {
        until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString(),
        above: Number(above),
        reason: reason.trim(),
      }),
    onSuccess: () => {
      onClose();
      notifyDone(<Trans>It is ignored until then, or until it grows.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [incidentRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Ignore this incident for a while`}>
      <DialogForm onSubmit={() => ignore.mutate()}>
        <p className="text2 wrap">{message}</p>
        <NativeSelect
          label={t`For`}
          value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
          data={[...choices, { value: '720', label: t`30 days` }]}
        />
        <NumberInput
          label={t`Or until it is more than`}
          description={t`How many it concerns: ${size} now`}
          value={above}
          onChange={setAbove}
          min={size}
          max={1_000_000}
          allowDecimal={false}
          clampBehavior="blur"
        />
        <ReasonField value={reason} onChange={setReason} isFirst />
        <Refusal error={ignore.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={ignore.isPending}
            disabled={reason.trim() === '' || above === ''}
          >
            <Trans>Ignore</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
