import { Trans } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Icon } from '../../ui/icons.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { CompleteDialog } from './complete-dialog.tsx';
import { RestartDialog } from './restart-dialog.tsx';
import { RewindDialog } from './rewind-dialog.tsx';
import {
  actionIcons,
  type PlainAction,
  rareActions,
  type RunAction,
  useActionLabels,
  usePlainWords,
} from './run-action-words.tsx';
import { useOperation } from './use-operation.ts';

/** What can be asked of a run now; the server says which. */
export function RunActions({ run }: { run: RunDetail }) {
  const [asked, setAsked] = useState<RunAction | null>(null);
  const labels = useActionLabels();
  const close = (): void => setAsked(null);
  useOfferActions(
    run.operations.map((kind) => ({
      id: kind,
      label: labels[kind],
      icon: actionIcons[kind],
      run: () => setAsked(kind),
    })),
  );
  const often = run.operations.filter((kind) => !rareActions.includes(kind));
  const rare = run.operations.filter((kind) => rareActions.includes(kind));
  return (
    <>
      {often.map((kind) => (
        <Button key={kind} leftSection={<Icon name={actionIcons[kind]} size={14} />} onClick={() => setAsked(kind)}>
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
              <Menu.Item
                key={kind}
                leftSection={<Icon name={actionIcons[kind]} size={14} />}
                onClick={() => setAsked(kind)}
              >
                {labels[kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {asked === 'rewind' ? (
        <RewindDialog run={run} onClose={close} />
      ) : asked === 'complete' ? (
        <CompleteDialog run={run} onClose={close} />
      ) : asked === 'restart' ? (
        <RestartDialog run={run} onClose={close} />
      ) : (
        asked && <PlainDialog key={asked} run={run} kind={asked} onClose={close} />
      )}
    </>
  );
}

function PlainDialog({ run, kind, onClose }: { run: RunDetail; kind: PlainAction; onClose: () => void }) {
  const words = usePlainWords(run)[kind];
  const act = useOperation(run, () => {
    onClose();
    notifyDone(<Trans>Sent. It shows here as soon as the run has received it.</Trans>);
  });
  const mayRepeat = kind === 'retry' && (run.failure?.happened.length ?? 0) > 0;
  return (
    <ConfirmWithReason
      onClose={onClose}
      title={words.title}
      action={words.action}
      isDangerous={kind === 'cancel' || kind === 'terminate' || mayRepeat}
      isBusy={act.isPending}
      error={act.error}
      onConfirm={(reason) => act.mutate(kind === 'retry' ? { kind, reason, again: mayRepeat } : { kind, reason })}
    >
      {words.says}
    </ConfirmWithReason>
  );
}
