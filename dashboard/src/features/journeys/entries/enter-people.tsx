import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { People } from '../../../../../contracts/journeys/entries-api.schema.ts';
import { enterPeople } from '../../../api/bulk.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { type Chosen, ConfirmEntries } from './confirm-entries.tsx';
import { type Choice, choices, peopleChosen } from './people-chosen.ts';

/** Lets many people into a journey: first who they are, then how many that are and why they enter. */
export function EnterPeople({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useLingui();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  return (
    <Dialog onClose={onClose} title={t`Enter people`}>
      {chosen ? (
        <ConfirmEntries slug={slug} chosen={chosen} onClose={onClose} />
      ) : (
        <ChooseForm slug={slug} onChosen={setChosen} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** Who enters, and how fast. */
function ChooseForm(props: { slug: string; onChosen: (chosen: Chosen) => void; onClose: () => void }) {
  const { t } = useLingui();
  const { slug, onChosen, onClose } = props;
  const [choice, setChoice] = useState<Choice>('attributes');
  const [text, setText] = useState('');
  const [rate, setRate] = useState<number | undefined>();
  const people = peopleChosen(choice, text);
  const count = useMutation({
    mutationFn: async (whom: People): Promise<Chosen> => ({
      people: whom,
      rate,
      counted: await enterPeople(slug, { people: whom, dryRun: true }),
    }),
    onSuccess: onChosen,
  });
  const labels: Record<Choice, string> = {
    attributes: t`Those with an attribute`,
    externalIds: t`Those of a list`,
    all: t`Everyone`,
  };
  return (
    <DialogForm onSubmit={() => people && count.mutate(people)}>
      <NativeSelect
        label={t`Who`}
        value={choice}
        onChange={(event) => setChoice(choices.find((one) => one === event.currentTarget.value) ?? 'attributes')}
        data={choices.map((value) => ({ value, label: labels[value] }))}
        data-autofocus
      />
      {choice !== 'all' && (
        <Textarea
          label={choice === 'attributes' ? t`Attributes` : t`External ids`}
          description={
            choice === 'attributes'
              ? t`One a line, such as plan=pro; people have all of them`
              : t`One a line, 5,000 at most`
          }
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={3}
          maxRows={10}
          required
        />
      )}
      <NumberInput
        label={t`A minute at most`}
        description={t`Empty: as fast as there is room for them`}
        value={rate ?? ''}
        onChange={(value) => setRate(typeof value === 'number' ? value : undefined)}
        min={1}
        max={1_000_000}
        allowDecimal={false}
      />
      <Refusal error={count.error} />
      <DialogButtons onClose={onClose}>
        <Button type="submit" variant="filled" loading={count.isPending} disabled={!people}>
          <Trans>Count them</Trans>
        </Button>
      </DialogButtons>
    </DialogForm>
  );
}
