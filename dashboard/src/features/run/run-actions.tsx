import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { runRoutes } from '../../../../contracts/runs/runs.routes.ts';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { operate } from '../../api/runs.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { RewindDialog } from './rewind-dialog.tsx';

type Kind = RunDetail['operations'][number];
const icons: Record<Kind, IconName> = {
  pause: 'pause',
  resume: 'play',
  rewind: 'undo',
  cancel: 'exit',
  terminate: 'stop',
};

/** What can be asked of a run now; the server says which. */
export function RunActions({ run }: { run: RunDetail }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Kind | null>(null);
  const act = useMutation({
    mutationFn: ({ kind, reason }: { kind: Exclude<Kind, 'rewind'>; reason: string }) =>
      operate(run.id, { kind, reason }),
    onSuccess: () => {
      setAsked(null);
      notifyDone(<Trans>Sent. It shows here as soon as the run has received it.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [runRoutes.list.path, run.id] }),
  });
  const labels: Record<Kind, string> = {
    pause: t`Pause`,
    resume: t`Resume`,
    rewind: t`Rewind to…`,
    cancel: t`Cancel…`,
    terminate: t`Terminate…`,
  };
  const open = (kind: Kind): void => {
    act.reset();
    setAsked(kind);
  };
  useOfferActions(
    run.operations.map((kind) => ({ id: kind, label: labels[kind], icon: icons[kind], run: () => open(kind) })),
  );
  const often = run.operations.filter((kind) => kind !== 'cancel' && kind !== 'terminate');
  const rare = run.operations.filter((kind) => kind === 'cancel' || kind === 'terminate');
  const says = {
    pause: t`It stops before its next step; what is being sent right now is finished. Deadlines go on, and act when you resume.`,
    resume: t`It goes on where it stopped. Deadlines that have passed meanwhile act at once.`,
    cancel: t`It leaves in good order: a seat is freed, an open payment is closed, nothing more is sent. What was done stays done. This cannot be undone.`,
    terminate: t`Its workflow ends at once, without cleaning up: a seat stays taken, nothing is refunded. Use it only for a run that does not respond to Cancel.`,
  };
  return (
    <>
      {often.map((kind) => (
        <Button key={kind} leftSection={<Icon name={icons[kind]} size={14} />} onClick={() => open(kind)}>
          {labels[kind]}
        </Button>
      ))}
      {rare.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button leftSection={<Icon name="more" size={14} />}>
              <Trans>More</Trans>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rare.map((kind) => (
              <Menu.Item key={kind} leftSection={<Icon name={icons[kind]} size={14} />} onClick={() => open(kind)}>
                {labels[kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {asked === 'rewind' && <RewindDialog run={run} onClose={() => setAsked(null)} />}
      {asked !== null && asked !== 'rewind' && (
        <ConfirmWithReason
          onClose={() => setAsked(null)}
          title={
            {
              pause: t`Pause this run`,
              resume: t`Resume this run`,
              cancel: t`Cancel this run`,
              terminate: t`Terminate this run`,
            }[asked]
          }
          action={
            { pause: t`Pause`, resume: t`Resume`, cancel: t`Cancel the run`, terminate: t`Terminate the run` }[asked]
          }
          isDangerous={asked === 'cancel' || asked === 'terminate'}
          isBusy={act.isPending}
          error={act.error}
          onConfirm={(reason) => act.mutate({ kind: asked, reason })}
        >
          {says[asked]}
        </ConfirmWithReason>
      )}
    </>
  );
}
