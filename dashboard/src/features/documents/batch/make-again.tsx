import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { batchRoutes } from '../../../../../contracts/documents/batches.routes.ts';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { makeBatchAgain } from '../../../api/batches.ts';
import { useCan } from '../../../api/session.ts';
import { ConfirmWithReason } from '../../../entities/answer/confirm.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { useLateNavigate } from '../../../ui/use-still-here.ts';
import { modelsIn } from '../model-names.ts';
import { draftToMend, keepDraft } from '../new/draft.ts';

const dollar = 1_000_000;

/** Offers to make what an ended batch has no document of, as a new batch. */
export function MakeAgain({ batch }: { batch: BatchDetail }) {
  const mayWrite = useCan('batches:write');
  const [isAsked, setAsked] = useState(false);
  if (!mayWrite || batch.endedAt === null || batch.progress.missing === 0) return null;
  return (
    <>
      <Button leftSection={<Icon name="undo" size={14} />} onClick={() => setAsked(true)}>
        <Trans>Make the missing again…</Trans>
      </Button>
      {isAsked && <AgainDialog batch={batch} onClose={() => setAsked(false)} />}
    </>
  );
}

function AgainDialog({ batch, onClose }: { batch: BatchDetail; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useLateNavigate();
  const { model: named, fallbackModels } = batch.options;
  const before = typeof named === 'string' ? named : '';
  const [model, setModel] = useState(before);
  const [others, setOthers] = useState(Array.isArray(fallbackModels) ? fallbackModels.join(', ') : '');
  const [budget, setBudget] = useState<number | string>(batch.budgetMicros / dollar);
  const once = useRef(crypto.randomUUID());
  const again = useMutation({
    mutationFn: (reason: string) =>
      makeBatchAgain(
        batch.id,
        {
          reason,
          budgetMicros: Math.round(Number(budget) * dollar),
          ...(model.trim() === before ? {} : { model: model.trim() }),
          fallbackModels: modelsIn(others),
        },
        once.current,
      ),
    onSuccess: ({ id }) => {
      onClose();
      void navigate({ to: '/batches/$id', params: { id } });
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: [batchRoutes.list.path] }),
  });
  return (
    <ConfirmWithReason
      onClose={onClose}
      title={t`Make the missing documents again`}
      action={t`Begin`}
      isBusy={again.isPending}
      error={again.error}
      onConfirm={again.mutate}
    >
      <p>
        <Trans>
          A new batch is made of the rows that failed or were withheld, with the same template. It asks for approval of
          its estimate first. What a person has taken out stays out.
        </Trans>
      </p>
      <TextInput label={t`Model`} value={model} onChange={(event) => setModel(event.currentTarget.value)} required />
      <TextInput
        label={t`Other models`}
        description={t`They write, in this order, where that one is down or refuses; with commas between, three at most`}
        value={others}
        onChange={(event) => setOthers(event.currentTarget.value)}
      />
      <NumberInput
        label={t`Budget in dollars`}
        value={budget}
        onChange={setBudget}
        min={0.000_001}
        decimalScale={2}
        required
      />
    </ConfirmWithReason>
  );
}

/** Leads to a new batch with the options of this one, for the rows that the import refused and a person has mended. */
export function MendRows({ batch: { id, name, options, rowErrors, endedAt } }: { batch: BatchDetail }) {
  const mayWrite = useCan('batches:write');
  const navigate = useNavigate();
  if (!mayWrite || endedAt === null || rowErrors === 0) return null;
  const begin = (): void => {
    keepDraft(draftToMend(id, name, options));
    void navigate({ to: '/batches/new' });
  };
  return (
    <Button leftSection={<Icon name="plus" size={14} />} onClick={begin}>
      <Trans>Send mended rows…</Trans>
    </Button>
  );
}

/** The batches that a batch hangs together with: whose rows it makes again, and which make its own. */
export function AgainLinks({ batch: { againOf, madeAgainBy } }: { batch: BatchDetail }) {
  if (againOf === null && madeAgainBy.length === 0) return null;
  return (
    <p className="small text2">
      {againOf !== null && (
        <Link to="/batches/$id" params={{ id: againOf }} className="link">
          <Trans>Makes missing documents of an earlier batch</Trans>
        </Link>
      )}{' '}
      {madeAgainBy.map((id) => (
        <Link key={id} to="/batches/$id" params={{ id }} className="link">
          <Trans>Its missing documents are made by a later batch</Trans>
        </Link>
      ))}
    </p>
  );
}
