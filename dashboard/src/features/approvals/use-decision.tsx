import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { gateRoutes } from '../../../../contracts/approvals/gates.routes.ts';
import { queriesOf } from '../../api/http/queries-of.ts';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { isWithin } from '../../../../domain/approvals/validate-decision.ts';
import { decide } from '../../api/gates.ts';
import { notifyDone } from '../../ui/notify.tsx';

/** One of the ways in which an approval can end. */
export type Outcome = Gate['outcomes'][number];

/** A decision as it is made: the outcome that is chosen, what is said and typed for it, and its way to the server. */
export function useDecision(gate: Gate, onDecided: () => void) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const [comment, setComment] = useState('');
  const [form, setForm] = useState<Readonly<Record<string, number | null>>>({});
  // One decision has one key, however often it is sent; another one begins with another click.
  const once = useRef('');
  const deciding = useMutation({
    mutationFn: (outcome: Outcome) => {
      const { round, contentHash } = gate;
      const said = comment.trim();
      const fields = Object.fromEntries(outcome.fields.map(({ name }) => [name, form[name] ?? 0]));
      const decision = {
        outcome: outcome.name,
        round,
        expectedHash: contentHash,
        ...(said === '' || outcome.comment === 'none' ? {} : { comment: said }),
        ...(outcome.fields.length > 0 ? { form: fields } : {}),
      };
      return decide(gate.id, decision, once.current);
    },
    onSuccess: () => {
      notifyDone(<Trans>Recorded. The run goes on.</Trans>);
      onDecided();
    },
    onSettled: () => client.invalidateQueries(queriesOf(gateRoutes.list)),
  });
  const isComplete = (outcome: Outcome): boolean =>
    (outcome.comment !== 'required' || comment.trim() !== '') &&
    outcome.fields.every((field) => isWithin(field, form[field.name]));
  return {
    chosen,
    comment,
    setComment,
    form,
    setField: (name: string, value: number | null): void => setForm({ ...form, [name]: value }),
    isComplete,
    isBusy: deciding.isPending,
    error: deciding.error,
    choose: (outcome: Outcome): void => {
      setChosen(outcome);
      deciding.reset();
    },
    /** Sends the decision; nothing happens while one is under way, or where something is missing. */
    send: (outcome: Outcome): void => {
      if (deciding.isPending || !isComplete(outcome)) return;
      once.current = crypto.randomUUID();
      deciding.mutate(outcome);
    },
  };
}
