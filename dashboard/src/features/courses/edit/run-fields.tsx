import { useLingui } from '@lingui/react/macro';
import { Autocomplete, TextInput } from '@mantine/core';
import { instantOf } from '../../../../../domain/time/time.ts';
import { viewerZone, zonedWords } from '../../../ui/time.tsx';
import classes from './edit.module.css';
import type { ProblemAt } from './field-problem.ts';
import type { RunDraft } from './run-draft.ts';
import { SpanField } from './span-field.tsx';

/** What a part of the form is given: the draft, how it is changed, and what is wrong at a field. */
export type DraftPart = { draft: RunDraft; onChange: (part: Partial<RunDraft>) => void; problemAt: ProblemAt };

/** Seats, the queue, the price and how long seats are kept. */
export function SeatFields({ draft, onChange, problemAt }: DraftPart) {
  const { t } = useLingui();
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <TextInput
          label={t`Seats`}
          description={t`More of them are offered to those who wait, at once`}
          inputMode="numeric"
          value={draft.capacity}
          error={problemAt('capacity')}
          onChange={(event) => onChange({ capacity: event.currentTarget.value })}
        />
        <TextInput
          label={t`Places in the queue`}
          description={t`0: nobody waits`}
          inputMode="numeric"
          value={draft.waitlistCapacity}
          error={problemAt('waitlistCapacity')}
          onChange={(event) => onChange({ waitlistCapacity: event.currentTarget.value })}
        />
        <TextInput
          label={t`Price of a seat`}
          description={t`0: nothing is to be paid`}
          inputMode="decimal"
          value={draft.price}
          error={problemAt('priceMinor')}
          onChange={(event) => onChange({ price: event.currentTarget.value })}
        />
        <TextInput
          label={t`Currency`}
          description={t`Its code of three letters, such as EUR`}
          value={draft.currency}
          error={problemAt('currency')}
          onChange={(event) => onChange({ currency: event.currentTarget.value.toUpperCase() })}
        />
        <SpanField
          label={t`Kept for the payment`}
          description={t`Then the seat goes to the next in the queue`}
          value={draft.hold}
          error={problemAt('holdFor')}
          onChange={(hold) => onChange({ hold })}
        />
        <SpanField
          label={t`An offer is open for`}
          description={t`Then the seat is offered to the next`}
          value={draft.offer}
          error={problemAt('offerFor')}
          onChange={(offer) => onChange({ offer })}
        />
      </div>
    </div>
  );
}

/** When the run starts and ends, by the clock of its zone; where that is not the viewer's, what it is by theirs. */
export function DateFields({ draft, onChange, problemAt }: DraftPart) {
  const { t, i18n } = useLingui();
  const hint = (local: string, ifEmpty: string): string => {
    const at = instantOf(local, draft.zone);
    if (at === null) return ifEmpty;
    const here = zonedWords(i18n, at, viewerZone);
    return zonedWords(i18n, at, draft.zone) === here ? ifEmpty : t`${here} by your clock`;
  };
  return (
    <div className={classes.fields}>
      <Autocomplete
        label={t`Time zone`}
        description={t`In which the times below and the days of the terms are meant`}
        data={Intl.supportedValuesOf('timeZone')}
        limit={20}
        value={draft.zone}
        error={problemAt('zone')}
        onChange={(zone) => onChange({ zone })}
      />
      <div className={classes.pair}>
        <TextInput
          type="datetime-local"
          label={t`Starts`}
          description={hint(draft.startsAt, t`Empty: open at once, at the learner’s own pace`)}
          value={draft.startsAt}
          error={problemAt('startsAt')}
          onChange={(event) => onChange({ startsAt: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t`Ends`}
          description={hint(draft.endsAt, t`Empty: it never ends`)}
          value={draft.endsAt}
          error={problemAt('endsAt')}
          onChange={(event) => onChange({ endsAt: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}
