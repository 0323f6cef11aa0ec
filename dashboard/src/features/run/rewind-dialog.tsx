import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { rewindPreviewQuery, turnsQuery } from '../../api/runs.ts';
import { ReasonField } from '../../entities/answer/confirm.tsx';
import { Failed, Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './run.module.css';
import { useOperation } from './use-operation.ts';

/** Takes a run back to a step. Before it is confirmed it says what stays done and what is asked for again. */
export function RewindDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const { t } = useLingui();
  const [turn, setTurn] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const turns = useInfiniteQuery(turnsQuery(run.id));
  const rewind = useOperation(run, () => {
    notifyDone(<Trans>Sent. The run goes back as soon as it has received it.</Trans>);
    onClose();
  });
  // The newest turn is where the run stands already.
  const choices = (turns.data?.pages.flatMap(({ items }) => items) ?? []).filter(
    ({ turn: number, steps }) => number < run.turn && steps.length > 0,
  );
  return (
    <Dialog isWide onClose={onClose} title={t`Rewind to…`}>
      <DialogForm onSubmit={() => turn !== null && rewind.mutate({ kind: 'rewind', turn, reason: reason.trim() })}>
        <p className="text2">
          <Trans>
            The run goes on from the moment you choose, with what it knew then. A mail that was sent is never sent
            again, a payment never made twice.
          </Trans>
        </p>
        {turns.isPending && <Loading rows={3} />}
        {turns.error && <Failed error={turns.error} />}
        {turns.data && choices.length === 0 && (
          <p>
            <Trans>There is nothing before this point to go back to.</Trans>
          </p>
        )}
        {choices.length > 0 && (
          <div className={classes.turns} role="radiogroup" aria-label={t`Where to go back to`} tabIndex={-1}>
            {choices.map(({ turn: number, at, steps }) => (
              <label key={number} className={classes.turn}>
                <input type="radio" name="turn" checked={turn === number} onChange={() => setTurn(number)} />
                <span>
                  {steps.map(({ step, visit, title, ended }) => (
                    <span key={`${step} ${visit}`} className="block">
                      {ended ? <Trans>After “{title}”</Trans> : <Trans>At “{title}”</Trans>}
                    </span>
                  ))}
                </span>
                <span className="small text2">
                  <Time at={at} />
                </span>
              </label>
            ))}
          </div>
        )}
        {turn !== null && <Preview run={run} turn={turn} />}
        <ReasonField value={reason} onChange={setReason} />
        <Refusal error={rewind.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={rewind.isPending}
            disabled={turn === null || reason.trim() === ''}
          >
            <Trans>Rewind</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}

function Preview({ run, turn }: { run: RunDetail; turn: number }) {
  const { data, error, refetch } = useQuery(rewindPreviewQuery(run.id, turn));
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading rows={1} />;
  const { kept, repeated, retried, decisions } = data;
  return (
    <div className="small" role="status">
      <p>
        {kept.length === 0 ? (
          <Trans>Nothing was sent or changed outside since then.</Trans>
        ) : (
          <>
            <Plural
              value={kept.length}
              one="# thing stays done and is not repeated:"
              other="# things stay done and are not repeated:"
            />{' '}
            {kept.map(({ title }) => title).join(', ')}
          </>
        )}
      </p>
      {retried.length > 0 && (
        <p>
          <Plural
            value={retried.length}
            one="# thing that was refused or left out is tried again:"
            other="# things that were refused or left out are tried again:"
          />{' '}
          {retried.map(({ title }) => title).join(', ')}
        </p>
      )}
      {repeated.length > 0 && (
        <p>
          <Plural
            value={repeated.length}
            one="# question to the model is asked again."
            other="# questions to the model are asked again."
          />
        </p>
      )}
      {decisions > 0 && (
        <p>
          <Plural
            value={decisions}
            one="# decision will have to be made again."
            other="# decisions will have to be made again."
          />
        </p>
      )}
    </div>
  );
}
