import type { PlantedBug } from './planted-bug.ts';

const together = ['activities/messaging/mails-together.test.ts'];

/** Those of mails that are claimed, fenced and settled together. */
export const plantedGatheringBugs: readonly PlantedBug[] = [
  {
    name: 'of mails that come together each has the address that it shares',
    file: 'platform/db/journeys/mailed-addresses.ts',
    find: '!taken.has(`${runId} ${step}`)',
    put: '!taken.has(`${step} ${runId}`)',
    tests: together,
  },
  {
    name: 'one mail takes those along that come with it',
    file: 'activities/effects/gatherer.ts',
    find: 'all.length === 1 || isOfAll(error)',
    put: 'all.length >= 1 || isOfAll(error)',
    tests: together,
  },
  {
    name: 'what is wanted of one address is asked of another',
    file: 'platform/db/contacts/consents.ts',
    find: 'found[at]?.push',
    put: 'found[at + 1]?.push',
    tests: together,
  },
];
