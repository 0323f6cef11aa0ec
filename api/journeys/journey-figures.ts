import type { JourneyStats, ListedJourney } from '../../contracts/journeys/journeys-api.schema.ts';
import type {
  FailureCount,
  JourneyFigures,
  RunCount,
  StepCount,
  TroubleCount,
} from '../../platform/db/views/journey-figures.ts';
import type { JourneyRow } from '../../platform/db/journeys/journeys.ts';
import { GOAL } from '../../domain/journeys/receive.ts';
import { journeyOf } from './find-journey.ts';

/** A journey as the list shows it, out of the numbers of its whole page. */
export function listedJourneyOf(row: JourneyRow, figures: JourneyFigures): ListedJourney {
  const of = <Row extends { id: string }>(rows: Row[]): Row[] => rows.filter(({ id }) => id === row.id);
  const people = of(figures.people);
  const sum = (isMeant: (count: (typeof people)[number]) => boolean): number =>
    people.filter(isMeant).reduce((all, { count }) => all + count, 0);
  const entered = of(figures.entered);
  const [goal] = of(figures.goals);
  const versions = of(figures.versions).map(({ version, live }) => ({ version, live }));
  return {
    ...journeyOf(row),
    people: {
      live: sum(() => true),
      running: sum(({ status }) => status === 'starting' || status === 'running'),
      waitingForTime: sum(({ status, waiting_for: what }) => status === 'waiting' && what !== 'person'),
      waitingForPerson: sum(({ status, waiting_for: what }) => status === 'waiting' && what === 'person'),
      paused: sum(({ status }) => status === 'paused'),
      inTrouble: of(figures.inTrouble)[0]?.count ?? 0,
    },
    failed: of(figures.failed)[0]?.count ?? 0,
    entered: [6, 5, 4, 3, 2, 1, 0].map((days) => entered.find(({ daysAgo }) => daysAgo === days)?.count ?? 0),
    goalRate: hasGoal(row) && goal && goal.ended > 0 ? goal.reached / goal.ended : null,
    versions,
    publishedAt: of(figures.published)[0]?.at.toISOString() ?? null,
  };
}

function hasGoal({ draft }: JourneyRow): boolean {
  return draft !== null && typeof draft['goal'] === 'object';
}

/** The counts of a journey's runs and visits, put together by step. */
export function journeyStatsOf(counts: {
  runs: RunCount[];
  trouble: TroubleCount[];
  steps: StepCount[];
  failures: FailureCount[];
  edges: JourneyStats['edges'];
  versions: JourneyStats['versions'];
  kept: number;
}): JourneyStats {
  const { runs, trouble, steps, failures, edges, versions, kept } = counts;
  const reached = steps.find(({ step }) => step === GOAL)?.count ?? 0;
  const names = [
    ...new Set([...steps, ...runs, ...failures].flatMap(({ step }) => (step === null ? [] : [step]))),
  ].toSorted();
  const own = runs.filter(({ isOwn }) => isOwn);
  const count = (isMeant: (count: RunCount) => boolean, of = own): number =>
    of.filter(isMeant).reduce((all, run) => all + run.count, 0);
  const inTrouble = (isMeant: (count: TroubleCount) => boolean): number =>
    trouble.filter(isMeant).reduce((all, run) => all + run.count, 0);
  const byStatus: Record<string, number> = {};
  for (const run of own) byStatus[run.status] = (byStatus[run.status] ?? 0) + run.count;
  return {
    runs: {
      total: count(() => true),
      live: count(({ status }) => !ended.has(status)),
      byStatus,
      inTrouble: inTrouble(({ isOwn }) => isOwn),
      waitingForPerson: count(({ status, waitingFor }) => status === 'waiting' && waitingFor === 'person'),
      failed: failures.reduce((all, failure) => all + failure.count, 0),
    },
    steps: names.map((step) => {
      const visits = steps.filter((visit) => visit.step === step);
      const done = visits.find(({ status }) => status === 'done');
      const there = runs.filter((run) => run.step === step);
      const here = (isMeant: (run: RunCount) => boolean): number => count(isMeant, there);
      return {
        step,
        now: here(() => true),
        running: here(({ status }) => status === 'starting' || status === 'running'),
        waitingForPerson: here(({ status, waitingFor }) => status === 'waiting' && waitingFor === 'person'),
        inTrouble: inTrouble((run) => run.step === step),
        failed: failures.find((failure) => failure.step === step)?.count ?? 0,
        visits: Object.fromEntries(visits.map((visit) => [visit.status, visit.count])),
        leftWithinDay: done?.left ?? 0,
        medianMs: done === undefined || done.medianMs === null ? null : Math.round(done.medianMs),
      };
    }),
    edges,
    versions,
    goal: { reached },
    kept,
  };
}

/** A run that has ended is in one of these. */
const ended = new Set(['completed', 'exited', 'failed', 'cancelled', 'terminated']);
