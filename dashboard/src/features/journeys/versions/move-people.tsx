import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { bulkRoutes } from '../../../../../contracts/runs/bulk.routes.ts';
import type { MovePreview } from '../../../../../contracts/runs/bulk-api.schema.ts';
import { movePeople, movePreviewQuery } from '../../../api/bulk.ts';
import { useCan } from '../../../api/session.ts';
import { ConfirmWithReason } from '../../../entities/answer/confirm.tsx';
import { notifyDone } from '../../../ui/notify.tsx';

/** Moves to a version who has not come to what it changes; who stays, and why, is said before. */
export function MovePeople({ slug, version }: { slug: string; version: number }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayPublish = useCan('journeys:publish');
  const [isAsked, setAsked] = useState(false);
  const once = useRef(crypto.randomUUID());
  const preview = useQuery({ ...movePreviewQuery(slug, version), enabled: mayPublish }).data;
  const move = useMutation({
    mutationFn: (reason: string) => movePeople(slug, version, reason, once.current),
    onSuccess: () => {
      setAsked(false);
      notifyDone(<Trans>They move one after the other; the server goes on without this page.</Trans>);
    },
    onSettled: () => {
      once.current = crypto.randomUUID();
      return client.invalidateQueries({ queryKey: [bulkRoutes.list.path] });
    },
  });
  if (!preview || preview.moves + preview.stays === 0) return null;
  return (
    <>
      <Button size="xs" disabled={preview.moves === 0} onClick={() => setAsked(true)}>
        <Plural value={preview.moves} one={`Move # person to v${version}…`} other={`Move # people to v${version}…`} />
      </Button>
      {isAsked && (
        <ConfirmWithReason
          onClose={() => setAsked(false)}
          title={t`Move people to v${version}`}
          action={t`Move`}
          count={preview.moves}
          isBusy={move.isPending}
          error={move.error}
          onConfirm={move.mutate}
        >
          <p>
            <Trans>
              Who has not come to a changed step goes on by v{version}: timers, waits and the goal are its own. Nobody
              gets anything twice.
            </Trans>
          </p>
          <Where preview={preview} />
        </ConfirmWithReason>
      )}
    </>
  );
}

function Where({ preview: { groups } }: { preview: MovePreview }) {
  const { t } = useLingui();
  const why = { passed: t`stay: they have been in a step that is changed`, gone: t`stay: their step is not there` };
  return (
    <ul aria-label={t`Who stands where`}>
      {groups.map((group) => (
        <li key={`${group.from} ${group.step} ${group.why}`}>
          <span className="num">{group.count}</span> · v{group.from} · {group.title || t`at the beginning`} ·{' '}
          <span className="text2">{group.why === null ? t`move` : why[group.why]}</span>
        </li>
      ))}
    </ul>
  );
}
