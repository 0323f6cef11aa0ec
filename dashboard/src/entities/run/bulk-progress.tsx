import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { bulkRoutes } from '../../../../contracts/runs/bulk.routes.ts';
import type { BulkKind, BulkOperation } from '../../../../contracts/runs/bulk-api.schema.ts';
import { bulkRefusalsQuery, cancelBulk, pauseBulk, recentBulkQuery } from '../../api/bulk.ts';
import { useCan } from '../../api/session.ts';
import { BarLegend, SegmentedBar } from '../../ui/bar.tsx';
import { Panel, PanelBody } from '../../ui/panel.tsx';

/** Operations that the server works on, and those of the last hour that some runs refused; it goes on without this page. */
export function BulkProgress({ journey }: { journey?: string }) {
  const operations = useQuery(recentBulkQuery(journey)).data?.items ?? [];
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const shown = operations.filter(
    ({ state, refused, endedAt }) =>
      state === 'running' || state === 'paused' || (refused > 0 && (endedAt ?? '') > hourAgo),
  );
  return shown.map((operation) => <BulkPanel key={operation.id} operation={operation} />);
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
    enterMany: t`Chosen people enter`,
    switch: t`The journey’s change reaches its people`,
  };
}

/** How far an operation is, what can be done about it, and why some did not take it. */
export function BulkPanel({ operation }: { operation: BulkOperation }) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const { id, kind, total, done, refused, reasons, by, version, state, rate } = operation;
  const words = useKindWords();
  const isEntry = kind === 'enterMany';
  const parts = [
    { key: 'done', tone: 'done' as const, count: done, label: isEntry ? t`Entered` : t`Done` },
    { key: 'refused', tone: 'failed' as const, count: refused, label: isEntry ? t`Not entered` : t`Refused` },
    { key: 'rest', tone: 'rest' as const, count: Math.max(0, total - done - refused), label: t`To do` },
  ];
  const named = isEntry ? (reasons['journey.reentry'] ?? 0) : refused;
  return (
    <Panel
      title={version === null ? words[kind] : `${words[kind]}: v${version}`}
      note={[by, state === 'paused' ? t`paused` : '', rate === null ? '' : t`${rate} a minute at most`]
        .filter((part) => part !== '')
        .join(' · ')}
      end={
        <>
          {named > 0 && (
            <Button size="xs" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isEntry ? (
                <Trans>Who was kept out</Trans>
              ) : (
                <Plural value={named} one="Why # refused" other="Why # refused" />
              )}
            </Button>
          )}
          <BulkActs operation={operation} />
        </>
      }
    >
      <PanelBody>
        <SegmentedBar parts={parts} />
        <BarLegend parts={parts} />
        {isEntry && refused > 0 && <WhyNotEntered reasons={reasons} />}
      </PanelBody>
      {isOpen && <Refusals id={id} />}
    </Panel>
  );
}

/** Pausing and ending an operation, for who may. */
function BulkActs({ operation: { id, kind, state } }: { operation: BulkOperation }) {
  const client = useQueryClient();
  const [mayOperate, mayPublish] = [useCan('runs:operate'), useCan('journeys:publish')];
  const onSettled = () => client.invalidateQueries({ queryKey: [bulkRoutes.list.path] });
  const cancel = useMutation({ mutationFn: () => cancelBulk(id), onSettled });
  const pause = useMutation({ mutationFn: (to: 'pause' | 'resume') => pauseBulk(id, to), onSettled });
  const isEntry = kind === 'enterMany';
  const may = mayOperate || (isEntry && mayPublish);
  if (!may || (state !== 'running' && state !== 'paused') || kind === 'enter' || kind === 'switch') return null;
  return (
    <>
      {isEntry && (
        <Button
          size="xs"
          loading={pause.isPending}
          onClick={() => pause.mutate(state === 'paused' ? 'resume' : 'pause')}
        >
          {state === 'paused' ? <Trans>Resume</Trans> : <Trans>Pause</Trans>}
        </Button>
      )}
      <Button size="xs" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        <Trans>End it here</Trans>
      </Button>
    </>
  );
}

/** Why people did not enter, counted. */
function WhyNotEntered({ reasons }: { reasons: BulkOperation['reasons'] }) {
  const { t } = useLingui();
  const words: Readonly<Record<string, string>> = {
    'journey.reentry': t`kept out by the re-entry policy`,
    'journey.dropped': t`left out while the journey was paused`,
    'contact.notFound': t`unknown`,
  };
  return (
    <p className="small text2">
      {Object.entries(reasons)
        .map(([code, count]) => `${count} ${words[code] ?? code}`)
        .join(' · ')}
    </p>
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
