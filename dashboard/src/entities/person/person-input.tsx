import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { Contact } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { proposedContactsQuery } from '../../api/contacts.ts';
import { restMs } from '../../ui/filters.tsx';

/** Asks for a person by external id; typing a name or an address proposes those who begin like it, and takes the only one. */
export function PersonInput(props: {
  label: string;
  description: string;
  value: string;
  onChange: (externalId: string) => void;
  isRequired?: boolean;
}) {
  const { t } = useLingui();
  const { label, description, value, onChange, isRequired = false } = props;
  const listId = useId();
  const q = value.trim();
  const [typed] = useDebouncedValue(q, restMs);
  const { data } = useInfiniteQuery({
    ...proposedContactsQuery(typed),
    enabled: typed !== '',
  });
  const people = data?.pages[0]?.items ?? [];
  const chosen = people.find(({ externalId }) => externalId === q);
  const [only] = people.length === 1 && typed === q && !chosen ? people : [];
  const wordsFor = (person: Contact | undefined): string | null => {
    const who = person?.name ?? person?.externalId;
    if (!person) return null;
    return person.email === null ? t`This is ${who}. Without an address, no mail reaches them.` : t`This is ${who}.`;
  };
  return (
    <>
      <TextInput
        label={label}
        description={wordsFor(chosen) ?? description}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={() => only && onChange(only.externalId)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !only) return;
          event.preventDefault();
          onChange(only.externalId);
        }}
        list={listId}
        autoComplete="off"
        required={isRequired}
        withAsterisk={false}
        data-autofocus={isRequired || undefined}
      />
      <datalist id={listId}>
        {people.map(({ id, externalId, name, email }) => (
          <option key={id} value={externalId}>
            {[name, email].filter((part) => part !== null).join(', ')}
          </option>
        ))}
      </datalist>
    </>
  );
}
