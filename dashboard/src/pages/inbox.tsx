import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, useEffect, useMemo } from 'react';
import { gateCountsQuery, type GateShow, gatesQuery } from '../api/gates.ts';
import { fetchCode } from '../api/http/code.ts';
import { moreOf } from '../api/http/pages.ts';
import { Failed } from '../entities/answer/failed.tsx';
import { GateDetail } from '../features/approvals/gate-detail.tsx';
import classes from '../features/approvals/inbox.module.css';
import { Page } from '../frame/page.tsx';
import { useKeys } from '../ui/keys/keys.tsx';
import { Late } from '../ui/late.tsx';
import { LinkTabs } from '../ui/links/link-tabs.tsx';
import { Empty, Loading } from '../ui/states.tsx';
import { useIsPhone } from '../ui/use-phone.ts';
import { useLateNavigate, useStillOpen } from '../ui/use-still-here.ts';

// It comes while the first approvals are on their way.
const GateList = lazy(async () => ({
  default: (await fetchCode(() => import('../features/approvals/gate-list.tsx'))).GateList,
}));

/** What am I deciding, on what evidence, with what effect. */
export function InboxPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/inbox' });
  const show = showOf(search.show);
  const counts = useQuery(gateCountsQuery).data;
  const list = useInfiniteQuery(gatesQuery(show));
  const gates = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const index = gates.findIndex(({ id }) => id === search.gate);
  const open = (gate: string | undefined): void =>
    // The list is scrolled to what is open, not to where it was.
    void navigate({ to: '/inbox', search: { show, ...(gate ? { gate } : {}) }, resetScroll: false });
  // Where both fit beside each other the first is open from the start; the address pins it, so that news do not change what is read.
  const isPhone = useIsPhone();
  const first = gates[0]?.id;
  const pin = useLateNavigate();
  useEffect(() => {
    if (!isPhone && first !== undefined && search.gate === undefined)
      void pin({ to: '/inbox', search: { show, gate: first }, replace: true, resetScroll: false });
  }, [pin, isPhone, first, search.gate, show]);
  const isStillOpen = useStillOpen(search.gate);
  const step = (by: number): void => {
    const next = gates[Math.min(Math.max(index + by, 0), gates.length - 1)];
    if (next) open(next.id);
  };
  useKeys([
    { keys: 'j', label: t`Next decision`, run: () => step(1) },
    { keys: 'k', label: t`Decision before`, run: () => step(-1) },
  ]);
  const tab = (name: GateShow, label: string, count?: number) => ({
    key: name,
    label,
    count,
    isOpen: show === name,
    link: { to: '/inbox', search: { show: name } } as const,
  });
  return (
    <Page name={t`Inbox`} isFixed>
      <div className={`${classes.panes} ${search.gate ? classes.hasGate : ''}`}>
        <div className={classes.side}>
          <LinkTabs
            label={t`Which decisions`}
            tabs={[
              tab('mine', t`Mine`, counts?.mine),
              tab('team', t`All open`, counts?.open),
              tab('decided', t`Decided`),
            ]}
          />
          <div className={classes.list} {...(isPhone ? {} : { 'data-scrolls': true })}>
            {list.isPending && <Loading />}
            {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
            {list.data && gates.length === 0 && <NothingHere show={show} />}
            {gates.length > 0 && (
              <Late instead={<Loading />}>
                <GateList key={show} gates={gates} show={show} open={search.gate} more={moreOf(list)} />
              </Late>
            )}
            {list.isFetchNextPageError && <Failed error={list.error} onRetry={() => void list.fetchNextPage()} />}
          </div>
        </div>
        <div className={classes.pane}>
          {search.gate && (
            <GateDetail
              key={search.gate}
              id={search.gate}
              show={show}
              onDecided={() => {
                if (isStillOpen(search.gate))
                  open(gates.filter(({ id }) => id !== search.gate)[Math.max(index, 0)]?.id);
              }}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

function NothingHere({ show }: { show: GateShow }) {
  if (show === 'decided')
    return (
      <Empty title={<Trans>Nothing decided yet</Trans>}>
        <Trans>Decisions stay here with who made them, and what they saw.</Trans>
      </Empty>
    );
  return (
    <Empty
      title={<Trans>Nothing waits for a decision</Trans>}
      actions={
        show === 'mine' && (
          <Link to="/inbox" search={{ show: 'team' }} className="link">
            <Trans>Look at all open ones</Trans>
          </Link>
        )
      }
    >
      <Trans>When a journey, an enrollment or a batch needs a person, it appears here.</Trans>
    </Empty>
  );
}

function showOf(show: string | undefined): GateShow {
  return show === 'team' || show === 'decided' ? show : 'mine';
}
