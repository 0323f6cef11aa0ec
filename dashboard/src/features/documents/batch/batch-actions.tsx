import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { batchRoutes } from '../../../../../contracts/documents/batches.routes.ts';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { decidesDocuments } from '../../../../../domain/documents/stages/stages.ts';
import { batchFiles, operateBatch } from '../../../api/batches.ts';
import { useCan } from '../../../api/session.ts';
import { ConfirmWithReason } from '../../../entities/answer/confirm.tsx';
import { useOfferActions } from '../../../frame/page-actions.tsx';
import { Icon, type IconName } from '../../../ui/icons.tsx';
import { notifyDone } from '../../../ui/notify.tsx';
import { MakeAgain, MendRows } from './make-again.tsx';

type Act = 'pause' | 'resume' | 'cancel';
const icons: Record<Act, IconName> = { pause: 'pause', resume: 'play', cancel: 'stop' };
const dollar = 1_000_000;

/** Holding a batch, letting it go on (with more money if that is what it lacks), stopping it; its files. */
export function BatchActions({ batch }: { batch: BatchDetail }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayWrite = useCan('batches:write');
  const [asked, setAsked] = useState<Act | null>(null);
  const [budget, setBudget] = useState<number | string>(Math.ceil(batch.budgetMicros / dollar) + 1);
  const { id, paused, endedAt, hasArchive, rowErrors, rows } = batch;
  const files = batchFiles(id);
  const act = useMutation({
    mutationFn: ({ kind, reason }: { kind: Act; reason: string }) =>
      operateBatch(id, kind, {
        reason,
        ...(kind === 'resume' && paused === 'budget' ? { budgetMicros: Math.round(Number(budget) * dollar) } : {}),
      }),
    onSuccess: () => {
      setAsked(null);
      notifyDone(<Trans>Sent. It shows here as soon as the batch has received it.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [batchRoutes.list.path] }),
  });
  const acts: Act[] = !mayWrite || endedAt !== null ? [] : [paused === null ? 'pause' : 'resume', 'cancel'];
  const labels = { pause: t`Pause`, resume: t`Resume`, cancel: t`Stop…` };
  const open = (kind: Act): void => {
    act.reset();
    setAsked(kind);
  };
  useOfferActions(acts.map((kind) => ({ id: kind, label: labels[kind], icon: icons[kind], run: () => open(kind) })));
  return (
    <>
      {acts.map((kind) => (
        <Button
          key={kind}
          variant={kind === 'cancel' ? 'danger' : 'default'}
          leftSection={<Icon name={icons[kind]} size={14} />}
          onClick={() => open(kind)}
        >
          {labels[kind]}
        </Button>
      ))}
      <MakeAgain batch={batch} />
      <MendRows batch={batch} />
      {(hasArchive || rowErrors > 0) && (
        <Menu>
          <Menu.Target>
            <Button variant={hasArchive ? 'filled' : 'default'} leftSection={<Icon name="down" size={14} />}>
              <Trans>Download</Trans>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {hasArchive && (
              <>
                <Menu.Item component="a" href={files.archive} download>
                  <Trans>All documents (ZIP)</Trans>
                </Menu.Item>
                <Menu.Item component="a" href={files.manifest} download>
                  <Trans>The manifest</Trans>
                </Menu.Item>
              </>
            )}
            <Menu.Item component="a" href={files.errors} download>
              <Trans>What was skipped, and why (CSV)</Trans>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {endedAt === null && decidesDocuments(batch.stage) && (
        <Link to="/batches/$id/review" params={{ id }}>
          <Button component="span" variant="filled">
            <Trans>Review {batch.progress.undecided}</Trans>
          </Button>
        </Link>
      )}
      {asked && (
        <ConfirmWithReason
          onClose={() => setAsked(null)}
          title={{ pause: t`Pause the batch`, resume: t`Resume the batch`, cancel: t`Stop the batch` }[asked]}
          action={{ pause: t`Pause`, resume: t`Resume`, cancel: t`Stop the batch` }[asked]}
          isDangerous={asked === 'cancel'}
          count={asked === 'cancel' ? rows : 1}
          isBusy={act.isPending}
          error={act.error}
          onConfirm={(reason) => act.mutate({ kind: asked, reason })}
        >
          {asked === 'pause' ? (
            <Trans>What is being written right now is finished; then nothing more is spent until you resume.</Trans>
          ) : asked === 'cancel' ? (
            <Trans>
              Nothing more is written and no archive is packed. What was spent stays spent. This cannot be undone.
            </Trans>
          ) : paused === 'budget' ? (
            <NumberInput
              label={t`Budget in dollars, in all`}
              description={t`What was written is kept; it goes on from there`}
              value={budget}
              onChange={setBudget}
              min={batch.spentMicros / dollar}
              decimalScale={2}
            />
          ) : (
            <Trans>It goes on where it stopped.</Trans>
          )}
        </ConfirmWithReason>
      )}
    </>
  );
}
