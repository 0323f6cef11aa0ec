import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { propertyRuns, unlimited } from '../support/properties.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import '../support/quiet-runtime.ts';
import { createClockedDatabase, type ClockedDatabase } from './clock.ts';
import { expectedOf } from './expected.ts';
import {
  type EventName,
  histories,
  type History,
  mendedHistories,
  mixedHistories,
  type Moment,
  pausedHistories,
} from './history.ts';
import { createJourneyWorld, type JourneyWorld } from './journey-world.ts';

let database: ClockedDatabase;
let worlds: Record<Execution, JourneyWorld>;
beforeAll(async () => {
  database = await createClockedDatabase();
  worlds = { dedicated: createJourneyWorld(database, 'dedicated'), pooled: createJourneyWorld(database, 'pooled') };
});
afterAll(() => database?.stop());

const [delay, mail] = [
  { id: 's1', kind: 'delay', for: 'PT60M' },
  {
    id: 's2',
    kind: 'email',
    content: { kind: 'inline', subject: { kind: 'literal', value: 's2' }, markdown: 'Hello' },
  },
] as const;
const named = (id: string): JourneyNode => {
  return { ...mail, id, content: { ...mail.content, subject: { kind: 'literal', value: id } } };
};
const event = (name: EventName, at: number, happened = at): Moment => {
  return { kind: 'event', at, happened, id: `${name}-${at}`, name, plan: 'pro' };
};
const history = (steps: JourneyNode[], moments: Moment[]): History => {
  const named = { engineVersion: 1, slug: 'history', name: 'History', entry: [{ event: 'entered' }] } as const;
  return { definition: { ...named, reentry: 'afterExit', exitWhen: [{ event: 'left' }], steps }, moments };
};
const once = (steps: JourneyNode[], moments: Moment[]): History => {
  const { definition } = history(steps, moments);
  return { definition: { ...definition, reentry: 'once' }, moments };
};
const wait: JourneyNode = {
  id: 's3',
  kind: 'waitFor',
  on: { event: 'bought' },
  since: 'entry',
  timeout: 'PT20M',
  onEvent: [mail],
};

/** What random histories seldom have. */
const rare: Readonly<Record<string, History>> = {
  'an exit that is reported after the next entry': history(
    [delay, mail],
    [event('entered', 0), event('entered', 20), event('left', 30, 10)],
  ),
  'an exit that is reported late, before the next entry': history(
    [delay, mail],
    [event('entered', 0), event('left', 20, 10), event('entered', 30)],
  ),
  'an event from before a time-out that comes after it, while nothing works': history(
    [wait],
    [event('entered', 0), { kind: 'down', at: 5 }, event('bought', 30, 10), { kind: 'up', at: 40 }],
  ),
  'the same while a worker is there': history([wait], [event('entered', 0), event('bought', 30, 10)]),
  'a time-out, an event and a delay in a pause': history(
    [wait, { ...delay, id: 's4' }, named('s5')],
    [event('entered', 0), { kind: 'pause', at: 5 }, event('bought', 30), { kind: 'resume', at: 200 }],
  ),
  'a person who is begun anew twice in a journey that is entered once': once(
    [mail],
    [event('entered', 0), { kind: 'restart', at: 5, plan: 'pro' }, { kind: 'restart', at: 9, plan: 'pro' }],
  ),
  'a mail that is refused where a run was begun in the place of one that completed': once(
    [mail],
    [
      event('entered', 0),
      { kind: 'refuse', at: 3 },
      { kind: 'restart', at: 5, plan: 'pro' },
      { kind: 'take', at: 7 },
      { kind: 'retry', at: 9 },
    ],
  ),
  'an exit that comes while a run has failed, which is mended then': history(
    [mail],
    [
      { kind: 'refuse', at: -1 },
      event('entered', 0),
      event('left', 5),
      { kind: 'take', at: 7 },
      { kind: 'retry', at: 9 },
    ],
  ),
  'a pause that comes before the first turn of a run': history(
    [mail],
    [
      { kind: 'down', at: -1 },
      event('entered', 0),
      { kind: 'pause', at: 5 },
      { kind: 'up', at: 10 },
      { kind: 'move', at: 50 },
      { kind: 'resume', at: 100 },
    ],
  ),
  'a rewind behind a mail that was sent, with an event that was received after it': history(
    [mail, { ...wait, onEvent: [delay, named('s5')] }],
    [event('entered', 0), event('bought', 5), { kind: 'rewind', at: 30, back: -1 }],
  ),
  'a rewind behind a pause that still holds': history(
    [delay, mail],
    [
      event('entered', 0),
      { kind: 'pause', at: 10 },
      { kind: 'rewind', at: 20, back: 5 },
      { kind: 'move', at: 80 },
      { kind: 'resume', at: 100 },
    ],
  ),
  'a retry and a rewind of a run that failed, while its journey is paused, and a retry after it': once(
    [mail, delay, named('s5')],
    [
      { kind: 'refuse', at: -1 },
      event('entered', 0),
      { kind: 'pause', at: 5 },
      { kind: 'take', at: 7 },
      { kind: 'retry', at: 9 },
      { kind: 'rewind', at: 12, back: -1 },
      { kind: 'resume', at: 20 },
      { kind: 'move', at: 25 },
      { kind: 'retry', at: 30 },
    ],
  ),
  'a rewind into a pause that is over': history(
    [delay, mail],
    [event('entered', 0), { kind: 'pause', at: 10 }, { kind: 'resume', at: 20 }, { kind: 'rewind', at: 30, back: 15 }],
  ),
  'a rewind in a pause, to the beginning, behind a mail that was left out': history(
    [mail, { ...delay, for: 'PT600M' }],
    [
      { kind: 'optOut', at: -1 },
      event('entered', 0),
      { kind: 'optIn', at: 5 },
      { kind: 'pause', at: 10 },
      { kind: 'rewind', at: 20, back: -1 },
      { kind: 'move', at: 80 },
      { kind: 'resume', at: 100 },
    ],
  ),
  'a rewind of a run that failed, behind the mail that was refused': history(
    [delay, mail],
    [event('entered', 0), { kind: 'refuse', at: 50 }, { kind: 'take', at: 70 }, { kind: 'rewind', at: 80, back: 65 }],
  ),
  'a rewind behind a refusal after which a retry has sent the mail': history(
    [mail, delay, named('s5')],
    [
      { kind: 'refuse', at: -1 },
      event('entered', 0),
      { kind: 'take', at: 7 },
      { kind: 'retry', at: 9 },
      { kind: 'rewind', at: 20, back: -1 },
      { kind: 'retry', at: 25 },
    ],
  ),
  'a rewind of a run that failed, after the event by which it is left': history(
    [delay, mail],
    [
      event('entered', 0),
      { kind: 'refuse', at: 50 },
      event('left', 65),
      { kind: 'take', at: 70 },
      { kind: 'rewind', at: 80, back: 5 },
    ],
  ),
  'an entry between the end of a run and its last turn': history(
    [delay],
    [event('entered', 0), { kind: 'down', at: 50 }, event('left', 65), event('entered', 70), { kind: 'up', at: 80 }],
  ),
};

describe.each(['dedicated', 'pooled'] as const)('%s runs', (execution) => {
  it.each(Object.entries(rare))('send them for %s', unlimited, async (_, history) => {
    expect(await worlds[execution].play(history)).toEqual(expectedOf(history));
  });
});

/** One way for each history: at night the others are in journeys.nightly.test.ts. */
const executions = fc.constantFrom<Execution>('dedicated', 'pooled');

/** Four properties share what is tried of two. */
const numRuns = Math.ceil(propertyRuns / 2);

it('sends the mails that a calendar says of runs whose mails are refused, and that are mended', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(mendedHistories, executions, async (history, execution) => {
      expect(await worlds[execution].play(history)).toEqual(expectedOf(history));
    }),
    { numRuns },
  );
});

it('sends the mails that a calendar says, whatever is paused, refused, mended and taken back', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(mixedHistories, executions, async (history, execution) => {
      expect(await worlds[execution].play(history)).toEqual(expectedOf(history));
    }),
    { numRuns },
  );
});

it('sends the mails that a calendar with pauses says, whatever comes in them', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(pausedHistories, executions, async (history, execution) => {
      expect(await worlds[execution].play(history)).toEqual(expectedOf(history));
    }),
    { numRuns },
  );
});

it('sends the mails that a calendar says, whatever comes when, twice, or while nothing works', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(histories, executions, async (history, execution) => {
      expect(await worlds[execution].play(history)).toEqual(expectedOf(history));
    }),
    { numRuns },
  );
});
