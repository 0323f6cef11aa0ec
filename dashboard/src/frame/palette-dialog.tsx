import { Trans, useLingui } from '@lingui/react/macro';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { FoundItem } from '../../../contracts/operations/search-api.schema.ts';
import { searchQuery } from '../api/search.ts';
import { useSession } from '../api/session.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { admin, places } from './nav.ts';
import { usePageActions } from './page-actions.tsx';
import { noteRecent, recentItems, takeTyped } from './palette-store.ts';
import '@mantine/spotlight/styles.css';

const [store, palette] = createSpotlight();
/** How long the user must have stopped typing before the server is asked. */
const restMs = 150;

type Entry = { id: string; label: string; description?: string; icon: IconName; run: () => void };

/** Jumps to a run, a person, a journey, a course or a batch, and does what can be done to what is open. */
export function PaletteDialog({ request }: { request: number }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const rights = useSession()?.permissions ?? [];
  const [words, setWords] = useState('');
  const asked = useRested(words.trim());
  const found = useQuery({ ...searchQuery(asked), enabled: asked.length >= 2 });
  const actions = usePageActions();
  useEffect(() => palette.open(), [request]);
  const matches = ({ label }: Entry): boolean => label.toLowerCase().includes(words.trim().toLowerCase());
  const entryOf = (item: FoundItem): Entry => ({
    id: `${item.kind} ${item.id}`,
    label: item.title,
    description: item.subtitle,
    icon: lookOf(item).icon,
    run: () => {
      noteRecent(item);
      void navigate({ to: lookOf(item).page(item) });
    },
  });
  const groups: { label: string; entries: Entry[] }[] = [
    { label: t`On this page`, entries: actions.filter(matches) },
    {
      label: t`Found`,
      entries: (found.data?.items ?? []).map(entryOf),
    },
    { label: t`Opened last`, entries: words.trim() === '' ? recentItems().map(entryOf) : [] },
    {
      label: t`Go to`,
      entries: [...places, admin]
        .filter(({ right }) => rights.includes(right))
        .map(({ to, label, icon }) => ({ id: to, label: i18n._(label), icon, run: () => void navigate({ to }) }))
        .filter(matches),
    },
  ];
  const order = groups.flatMap(({ entries }) => entries.map(({ id }) => id)).join();
  useEffect(chooseFirst, [order]);
  const isEmpty = groups.every(({ entries }) => entries.length === 0);
  return (
    <Spotlight.Root
      store={store}
      query={words}
      onQueryChange={setWords}
      shortcut={null}
      title={t`Search or jump to…`}
      styles={{ header: { display: 'none' }, actionDescription: { opacity: 1 } }}
      maxHeight={480}
      scrollable
      radius="var(--r-panel)"
    >
      <Spotlight.Search
        placeholder={t`A person, a journey, a batch, a run's id…`}
        aria-label={t`Search or jump to…`}
        leftSection={<Icon name="search" />}
        onFocus={() => {
          const typed = takeTyped();
          setWords((before) => before + typed);
        }}
      />
      <Spotlight.ActionsList>
        {groups
          .filter(({ entries }) => entries.length > 0)
          .map(({ label, entries }) => (
            <Spotlight.ActionsGroup key={label} label={label}>
              {entries.map((entry) => (
                <Spotlight.Action
                  key={entry.id}
                  label={entry.label}
                  description={entry.description ?? ''}
                  leftSection={<Icon name={entry.icon} />}
                  onClick={entry.run}
                />
              ))}
            </Spotlight.ActionsGroup>
          ))}
        {isEmpty && (
          <Spotlight.Empty>
            {found.isFetching ? <Trans>Searching…</Trans> : <Trans>Nothing is called “{words}”.</Trans>}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What is found comes after the words were typed: then its first is what Enter takes. */
function chooseFirst(): void {
  const entries = document.querySelectorAll('[role=dialog] [data-action]');
  for (const [index, entry] of entries.entries()) entry.toggleAttribute('data-selected', index === 0);
  store.updateState((state) => ({ ...state, selected: 0 }));
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The icon and the page of a thing that was found. */
type FoundLook<I> = { icon: IconName; page(item: I): string };

const part = encodeURIComponent;
const looks: { [K in FoundItem['kind']]: FoundLook<Extract<FoundItem, { kind: K }>> } = {
  run: { icon: 'runs', page: ({ id }) => `/runs/${id}` },
  contact: { icon: 'person', page: ({ ref }) => `/contacts/${part(ref.externalId)}` },
  journey: { icon: 'journey', page: ({ ref }) => `/journeys/${part(ref.slug)}` },
  courseRun: { icon: 'course', page: ({ ref }) => `/courses/${part(ref.course)}/${part(ref.slug)}` },
  document: { icon: 'batch', page: ({ id }) => `/documents/${id}` },
  batch: { icon: 'batch', page: ({ id }) => `/batches/${id}` },
};

function lookOf({ kind }: FoundItem): FoundLook<FoundItem> {
  return looks[kind];
}
