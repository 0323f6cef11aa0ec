import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { isWithin } from '../../../../domain/approvals/validate-decision.ts';
import { decide } from '../../api/gates.ts';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Kbd } from '../../ui/keys/kbd.tsx';
import { useKeys } from '../../ui/keys/keys.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { DecisionRefusal } from './decision-refusal.tsx';
import { fieldWords } from './field-words.ts';
import classes from './inbox.module.css';
import { OutcomeField } from './outcome-field.tsx';

type Outcome = Gate['outcomes'][number];

/**
 * The outcomes of an approval as buttons, each with what follows. One is chosen by its key or a click, and confirmed where it asks
 * for words or a number; nothing counts before the server has recorded it.
 */
export function DecideForm({ gate, onDecided }: { gate: Gate; onDecided: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const [comment, setComment] = useState('');
  const [form, setForm] = useState<Record<string, number | null>>({});
  // One decision has one key, however often it is sent; another one begins with another click.
  const once = useRef('');
  const words = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
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
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('/v1/gates') }),
  });
  const isComplete = (outcome: Outcome): boolean =>
    (outcome.comment !== 'required' || comment.trim() !== '') &&
    outcome.fields.every((field) => isWithin(field, form[field.name]));
  const send = (outcome: Outcome): void => {
    if (deciding.isPending || !isComplete(outcome)) return;
    once.current = crypto.randomUUID();
    deciding.mutate(outcome);
  };
  const choose = (outcome: Outcome): void => {
    setChosen(outcome);
    deciding.reset();
    if (!isComplete(outcome)) requestAnimationFrame(() => words.current?.focus());
  };
  const amounts = (chosen?.fields ?? [])
    .flatMap((field) => {
      const value = form[field.name];
      return field.currency && typeof value === 'number' ? [fieldWords(i18n, field, value)] : [];
    })
    .join(', ');
  useKeys([
    ...gate.outcomes
      .slice(0, 9)
      .map((outcome, index) => ({ keys: String(index + 1), label: outcome.label, run: () => choose(outcome) })),
    { keys: 'mod+Enter', label: t`Confirm the decision`, run: () => chosen && send(chosen) },
  ]);
  useOfferActions(
    gate.outcomes.map((outcome) => ({
      id: outcome.name,
      label: outcome.label,
      icon: 'check',
      run: () => choose(outcome),
    })),
  );
  return (
    <form
      className={classes.decide}
      aria-label={t`Decide`}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) send(chosen);
      }}
    >
      <div className={classes.fields}>
        <Textarea
          ref={words}
          aria-label={t`Comment`}
          placeholder={chosen?.comment === 'required' ? t`Comment, needed for “${chosen.label}”` : t`Comment`}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={5_000}
          autosize
          minRows={1}
          maxRows={5}
          aria-describedby={hintId}
        />
        {chosen?.fields.map((field) => (
          <OutcomeField
            key={field.name}
            field={field}
            value={form[field.name] ?? null}
            onChange={(value) => setForm({ ...form, [field.name]: value })}
          />
        ))}
      </div>
      <div className={classes.outcomes} role="group" aria-label={t`Outcomes`}>
        {gate.outcomes.map((outcome, index) => (
          <div key={outcome.name} className={classes.outcome}>
            <Button
              aria-pressed={chosen?.name === outcome.name}
              variant={chosen?.name === outcome.name ? 'filled' : 'default'}
              rightSection={<Kbd keys={String(index + 1)} />}
              onClick={() => choose(outcome)}
              disabled={deciding.isPending}
            >
              {outcome.label}
            </Button>
            {outcome.follows && <span className={classes.follows}>→ {outcome.follows}</span>}
          </div>
        ))}
      </div>
      <div
        id={hintId}
        style={{
          display: 'flex',
          flexWrap: 'wrap',
          gap: '4px 12px',
          alignItems: 'center',
          marginTop: 10,
          minHeight: 30,
        }}
      >
        {chosen && (
          <Button
            type="submit"
            variant="filled"
            loading={deciding.isPending}
            disabled={!isComplete(chosen)}
            rightSection={<Kbd keys="mod+Enter" />}
          >
            <Trans>Confirm “{chosen.label}”</Trans>
            {amounts && `: ${amounts}`}
          </Button>
        )}
        <span className="small text2" role="status">
          {deciding.isPending ? (
            <Trans>Being recorded…</Trans>
          ) : chosen && !isComplete(chosen) ? (
            <Trans>Say more before you confirm: this outcome needs it.</Trans>
          ) : chosen ? null : (
            <Trans>Choose an outcome; nothing counts before you confirm it.</Trans>
          )}
        </span>
      </div>
      <DecisionRefusal error={deciding.error} gate={gate} />
    </form>
  );
}
