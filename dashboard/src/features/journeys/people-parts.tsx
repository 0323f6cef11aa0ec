import { useLingui } from '@lingui/react/macro';
import type { ListedJourney } from '../../../../contracts/api/journeys.schema.ts';
import type { Part } from '../../ui/bar.tsx';

/** How the people in a journey, or in several, divide: each is in one part, the stuck ones apart from the rest. */
export function usePeopleParts(people: ListedJourney['people']): readonly Part[] {
  const { t } = useLingui();
  const { running, waitingForTime, waitingForPerson, paused, inTrouble } = people;
  return [
    { key: 'time', tone: 'waiting', count: waitingForTime, label: t`wait for time or event` },
    { key: 'person', tone: 'person', count: waitingForPerson, label: t`wait for a person` },
    { key: 'running', tone: 'running', count: running, label: t`running` },
    { key: 'paused', tone: 'off', count: paused, label: t`paused` },
    { key: 'stuck', tone: 'failed', count: inTrouble, label: t`of them stuck`, icon: 'warn' },
  ];
}

/** The people of several journeys together. */
export function sumPeople(journeys: readonly ListedJourney[]): ListedJourney['people'] {
  const sum = { live: 0, running: 0, waitingForTime: 0, waitingForPerson: 0, paused: 0, inTrouble: 0 };
  for (const { people } of journeys) {
    sum.live += people.live;
    sum.running += people.running;
    sum.waitingForTime += people.waitingForTime;
    sum.waitingForPerson += people.waitingForPerson;
    sum.paused += people.paused;
    sum.inTrouble += people.inTrouble;
  }
  return sum;
}
