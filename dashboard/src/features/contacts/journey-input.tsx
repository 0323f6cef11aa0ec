import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { proposedJourneysQuery } from '../../api/journeys.ts';
import { restMs } from '../../ui/filters.tsx';

/** Asks for a journey; typing a part of its name proposes those that hold it, and Enter takes the only one. */
export function JourneyInput({ value, onChange }: { value: string | undefined; onChange: (slug: string) => void }) {
  const { t } = useLingui();
  const listId = useId();
  const [text, setText] = useState(value ?? '');
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setText(value ?? '');
  }
  const q = text.trim();
  const [typed] = useDebouncedValue(q, restMs);
  const { data } = useInfiniteQuery(proposedJourneysQuery(typed === '' ? undefined : typed));
  const journeys = data?.pages[0]?.items ?? [];
  const take = (words: string): void => {
    const [only] = journeys.length === 1 && typed === words ? journeys : [];
    const slug = journeys.find((one) => one.slug === words)?.slug ?? only?.slug ?? words;
    if (slug !== (value ?? '')) onChange(slug);
  };
  return (
    <>
      <TextInput
        aria-label={t`Journey`}
        placeholder={t`Name a journey`}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          // One that was chosen from the list is complete: nobody has to press Enter after it.
          if (journeys.some(({ slug }) => slug === currentTarget.value)) onChange(currentTarget.value);
        }}
        onBlur={() => take(q)}
        onKeyDown={({ key }) => key === 'Enter' && take(q)}
        list={listId}
        autoComplete="off"
      />
      <datalist id={listId}>
        {journeys.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
