import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Entries, People } from '../../../../../contracts/journeys/entries-api.schema.ts';
import { bulkRoutes } from '../../../../../contracts/runs/bulk.routes.ts';
import { enterPeople } from '../../../api/bulk.ts';
import { ConfirmForm } from '../../../entities/answer/confirm.tsx';
import { useLateNavigate } from '../../../ui/use-still-here.ts';

/** What was chosen, and how many that are. */
export type Chosen = { people: People; rate: number | undefined; counted: Entries };

/** Says how many enter, asks why, and has the server let them in: it goes on without this page. */
export function ConfirmEntries({ slug, chosen, onClose }: { slug: string; chosen: Chosen; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useLateNavigate();
  const once = useRef(crypto.randomUUID());
  const { people, rate, counted } = chosen;
  const enter = useMutation({
    mutationFn: (reason: string) => enterPeople(slug, { people, rate, reason }, once.current),
    onSuccess: () => {
      onClose();
      void navigate({ to: '/journeys/$slug', params: { slug }, search: { tab: 'entries' } });
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: [bulkRoutes.list.path] }),
  });
  const count = counted.people - counted.keptOut;
  return (
    <ConfirmForm
      onClose={onClose}
      action={count === 1 ? t`Enter 1 person` : t`Enter ${count} people`}
      count={count}
      isBusy={enter.isPending}
      error={enter.error}
      onConfirm={enter.mutate}
    >
      <Counted counted={counted} />
      <p>
        <Trans>They enter piece by piece; you can pause and end that at any time. Who has entered stays in.</Trans>
      </p>
    </ConfirmForm>
  );
}

/** What the count says of whom it means. */
function Counted({ counted: { people, keptOut, waiting, unknown, unknownIds } }: { counted: Entries }) {
  return (
    <ul>
      <li>
        <Plural value={people - keptOut} one="# person enters" other="# people enter" />
        {waiting > 0 && (
          <>
            {' '}
            <Trans>once the journey goes on</Trans>
          </>
        )}
      </li>
      {keptOut > 0 && (
        <li>
          <Plural
            value={keptOut}
            one="# is kept out by the re-entry policy"
            other="# are kept out by the re-entry policy"
          />
        </li>
      )}
      {unknown > 0 && (
        <li>
          <Plural value={unknown} one="# id is unknown:" other="# ids are unknown:" /> {unknownIds.join(', ')}
        </li>
      )}
    </ul>
  );
}
