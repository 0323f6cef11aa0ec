import { useLingui } from '@lingui/react/macro';
import type { ListedJourney } from '../../../../contracts/journeys/journeys-api.schema.ts';
import type { RunCounts } from '../../../../contracts/runs/runs-api.schema.ts';
import type { Part } from '../../ui/bar.tsx';

/** How the people in a journey, or in several, divide: each is in one part, the stuck ones apart from the rest. */
export function usePeopleParts(people: ListedJourney['people']): readonly Part[] {
  const { t } = useLingui();
  const { running, waitingForTime, waitingForPerson, paused, inTrouble } = people;
  return [
    { key: 'time', tone: 'waiting', count: waitingForTime, label: t`wait for time or event` },
    { key: 'person', tone: 'person', count: waitingForPerson, label: t`wait for a person` },
    { key: 'running', tone: 'running', count: running, label: t`running` },
    { key: 'paused', tone: 'off', icon: 'pause', count: paused, label: t`paused` },
    { key: 'stuck', tone: 'failed', count: inTrouble, label: t`of them stuck`, icon: 'warn' },
  ];
}

/** The people of all journeys, from the counts of their live runs and of those that wait; zeros until they are known. */
export function peopleOf(live: RunCounts | undefined, waiting: RunCounts | undefined): ListedJourney['people'] {
  const waitingForPerson = waiting?.byWaitingFor['person'] ?? 0;
  return {
    live: live?.total ?? 0,
    running: (live?.byStatus['starting'] ?? 0) + (live?.byStatus['running'] ?? 0),
    waitingForTime: (waiting?.total ?? 0) - waitingForPerson,
    waitingForPerson,
    paused: live?.byStatus['paused'] ?? 0,
    inTrouble: live?.trouble ?? 0,
  };
}
