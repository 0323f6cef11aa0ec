import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { bulkRoutes } from '../../../../contracts/runs/bulk.routes.ts';
import type { BulkKind, BulkOperation } from '../../../../contracts/runs/bulk-api.schema.ts';
import { bulkRefusalsQuery, cancelBulk, recentBulkQuery } from '../../api/bulk.ts';
import { useCan } from '../../api/session.ts';
import { BarLegend, SegmentedBar } from '../../ui/bar.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Operations that the server works on, and those of the last hour that some runs refused; it goes on without this page. */
export function BulkProgress({ journey }: { journey?: string }) {
  const operations = useQuery(recentBulkQuery(journey)).data?.items ?? [];
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const shown = operations.filter(
    ({ state, refused, endedAt }) => state === 'running' || (refused > 0 && (endedAt ?? '') > hourAgo),
  );
  return shown.map((operation) => <Operation key={operation.id} operation={operation} />);
}

function useKindWords(): Record<BulkKind, string> {
  const { t } = useLingui();
  return {
    retry: t`Runs are retried`,
    skip: t`Failed steps are left out`,
    pause: t`Runs are paused`,
    resume: t`Runs are resumed`,
    cancel: t`Runs are cancelled`,
    move: t`People are moved to another version`,
    enter: t`People who were kept enter`,
    switch: t`The journey’s change reaches its people`,
  };
}

function Operation({ operation }: { operation: BulkOperation }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayOperate = useCan('runs:operate');
  const [isOpen, setOpen] = useState(false);
  const { id, kind, state, total, done, refused, by, version } = operation;
  const words = useKindWords();
  const cancel = useMutation({
    mutationFn: () => cancelBulk(id),
    onSettled: () => client.invalidateQueries({ queryKey: [bulkRoutes.list.path] }),
  });
  const parts = [
    { key: 'done', tone: 'done' as const, count: done, label: t`Done` },
    { key: 'refused', tone: 'failed' as const, count: refused, label: t`Refused` },
    { key: 'rest', tone: 'rest' as const, count: Math.max(0, total - done - refused), label: t`To do` },
  ];
  return (
    <Panel
      title={version === null ? words[kind] : `${words[kind]}: v${version}`}
      note={by}
      end={
        <>
          {refused > 0 && (
            <Button size="xs" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              <Plural value={refused} one="Why # refused" other="Why # refused" />
            </Button>
          )}
          {state === 'running' && mayOperate && kind !== 'enter' && kind !== 'switch' && (
            <Button size="xs" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              <Trans>End it here</Trans>
            </Button>
          )}
        </>
      }
    >
      <SegmentedBar parts={parts} />
      <BarLegend parts={parts} />
      {isOpen && <Refusals id={id} />}
    </Panel>
  );
}

/** The runs that refused, each with what it said. */
function Refusals({ id }: { id: string }) {
  const { t } = useLingui();
  const { data } = useInfiniteQuery(bulkRefusalsQuery(id));
  return (
    <ul aria-label={t`Runs that did not take it`}>
      {data?.pages
        .flatMap(({ items }) => items)
        .map(({ runId, title, message }) => (
          <li key={runId}>
            <Link to="/runs/$id" params={{ id: runId }} className="link">
              {title}
            </Link>{' '}
            <span className="text2">{message}</span>
          </li>
        ))}
    </ul>
  );
}
