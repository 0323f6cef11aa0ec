import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { journeyRoutes } from '../../../../contracts/journeys/journeys.routes.ts';
import type { JourneyDetail } from '../../../../contracts/journeys/journeys-api.schema.ts';
import { switchJourney } from '../../api/journeys.ts';
import { useCan } from '../../api/session.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { PeopleActions, type PeopleAsked } from './people-actions.tsx';

type Act = 'pause' | 'resume' | 'stop';
const plus: IconName = 'plus';
const icons: Record<Act, IconName> = { pause: 'pause', resume: 'play', stop: 'stop' };

/** Pausing, resuming and stopping a journey, and letting people in by hand. */
export function JourneyActions({ journey, live, kept }: { journey: JourneyDetail; live: number; kept: number }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayPublish = useCan('journeys:publish');
  const [asked, setAsked] = useState<Act | null>(null);
  const [entering, setEntering] = useState<PeopleAsked>(null);
  const { slug, status } = journey;
  const act = useMutation({
    mutationFn: ({ kind, reason }: { kind: Act; reason: string }) => switchJourney(slug, kind, reason),
    onSuccess: ({ runsTold }) => {
      setAsked(null);
      notifyDone(
        <Plural
          value={runsTold}
          _0="Done; no one was in the journey."
          one="Done; # person is affected."
          other="Done; # people are affected."
        />,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: [journeyRoutes.list.path] }),
  });
  const acts: Act[] = !mayPublish
    ? []
    : status === 'live'
      ? ['pause', 'stop']
      : status === 'paused'
        ? ['resume', 'stop']
        : [];
  const labels = { pause: t`Pause`, resume: t`Resume`, stop: t`Stop…` };
  const open = (kind: Act): void => {
    act.reset();
    setAsked(kind);
  };
  const takesIn = mayPublish && (status === 'live' || status === 'paused');
  const isLive = takesIn && status === 'live';
  useOfferActions([
    ...acts.map((kind) => ({ id: kind, label: labels[kind], icon: icons[kind], run: () => open(kind) })),
    ...(isLive ? [{ id: 'start', label: t`Start a person`, icon: plus, run: () => setEntering('one') }] : []),
    ...(takesIn ? [{ id: 'enter', label: t`Enter people…`, icon: plus, run: () => setEntering('many') }] : []),
  ]);
  return (
    <>
      {takesIn && <PeopleActions slug={slug} isLive={isLive} asked={entering} onAsk={setEntering} />}
      {acts
        .filter((kind) => kind !== 'stop')
        .map((kind) => (
          <Button key={kind} leftSection={<Icon name={icons[kind]} size={14} />} onClick={() => open(kind)}>
            {labels[kind]}
          </Button>
        ))}
      {acts.includes('stop') && (
        <Menu>
          <Menu.Target>
            <Button aria-label={t`More that can be done`}>
              <Icon name="more" size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Icon name="stop" size={14} />} onClick={() => open('stop')}>
              {labels.stop}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {asked && (
        <ConfirmWithReason
          onClose={() => setAsked(null)}
          title={{ pause: t`Pause the journey`, resume: t`Resume the journey`, stop: t`Stop the journey` }[asked]}
          action={{ pause: t`Pause`, resume: t`Resume`, stop: t`Stop the journey` }[asked]}
          isDangerous={asked === 'stop'}
          count={asked === 'stop' ? live : 1}
          isBusy={act.isPending}
          error={act.error}
          onConfirm={(reason) => act.mutate({ kind: asked, reason })}
        >
          {asked === 'pause' ? (
            <Trans>
              Everyone stops before their next step. No one enters until you resume: who comes meanwhile is kept, unless
              the journey drops them. Nothing is decided by a deadline meanwhile; approvals can be decided, and have as
              much more time afterwards.
            </Trans>
          ) : asked === 'resume' ? (
            <>
              <Trans>
                People enter again, and those inside go on where they stopped: what they waited for and came meanwhile
                counts, then delays that ran out are over.
              </Trans>{' '}
              {kept > 0 && (
                <Plural
                  value={kept}
                  one="# person came during the pause and enters now."
                  other="# people came during the pause and enter now."
                />
              )}
            </>
          ) : (
            <Plural
              value={live}
              _0="No one is in the journey; no one can enter any more."
              one="# person leaves the journey at once and gets nothing more. This cannot be undone."
              other="# people leave the journey at once and get nothing more. This cannot be undone."
            />
          )}
        </ConfirmWithReason>
      )}
    </>
  );
}
