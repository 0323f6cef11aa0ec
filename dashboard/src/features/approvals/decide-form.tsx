import { useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { useId, useRef } from 'react';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { useKeys } from '../../ui/keys/keys.tsx';
import { ConfirmLine } from './confirm-line.tsx';
import { DecisionRefusal } from './decision-refusal.tsx';
import { fieldWords } from './field-words.ts';
import classes from './inbox.module.css';
import { OutcomeButtons } from './outcome-buttons.tsx';
import { OutcomeField } from './outcome-field.tsx';
import { type Outcome, useDecision } from './use-decision.tsx';

/**
 * The outcomes of an approval as buttons, each with what follows. One is chosen by its key or a click, and confirmed where it asks
 * for words or a number; nothing counts before the server has recorded it.
 */
export function DecideForm({ gate, onDecided }: { gate: Gate; onDecided: () => void }) {
  const { t, i18n } = useLingui();
  const decision = useDecision(gate, onDecided);
  const { chosen, comment, form, isBusy, isComplete } = decision;
  const words = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
  const choose = (outcome: Outcome): void => {
    decision.choose(outcome);
    if (!isComplete(outcome)) requestAnimationFrame(() => words.current?.focus());
  };
  const confirm = (): void => {
    if (chosen) decision.send(chosen);
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
    { keys: 'mod+Enter', label: t`Confirm the decision`, run: confirm },
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
        confirm();
      }}
    >
      <div className={classes.fields}>
        <Textarea
          ref={words}
          aria-label={t`Comment`}
          placeholder={chosen?.comment === 'required' ? t`Comment, needed for “${chosen.label}”` : t`Comment`}
          value={comment}
          onChange={(event) => decision.setComment(event.currentTarget.value)}
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
            onChange={(value) => decision.setField(field.name, value)}
          />
        ))}
      </div>
      <OutcomeButtons outcomes={gate.outcomes} chosen={chosen} isBusy={isBusy} onChoose={choose} />
      <ConfirmLine
        id={hintId}
        chosen={chosen}
        amounts={amounts}
        isComplete={chosen !== null && isComplete(chosen)}
        isBusy={isBusy}
      />
      <DecisionRefusal error={decision.error} gate={gate} />
    </form>
  );
}
