import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { journeyLimits } from '../../../contracts/journeys/limits.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { isZone, lengthOf } from '../../time/time.ts';
import { atJourney, atNode, type Check } from './problems.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** Durations, zones, quiet hours. */
export const checkTimes: Check = (definition, graph) => [
  ...journeyTimes(definition),
  ...[...graph.places.values(), ...graph.duplicates].flatMap((place) =>
    kindOf(place.node)
      .durations(place.node)
      .flatMap(([field, duration]) => {
        const fault = faultOf(duration);
        return fault ? [atNode(place, fault.code, fault.message, fault.hint, field)] : [];
      }),
  ),
];

type Fault = { code: string; message: string; hint: string };

function journeyTimes({ zone, quietHours, goal, lateness }: JourneyDefinition): JourneyProblem[] {
  const problems: JourneyProblem[] = [];
  const hint = 'Use an IANA name such as Europe/Berlin.';
  if (zone !== undefined && !isZone(zone)) problems.push(atJourney('zone', 'zone.unknown', `No zone '${zone}'`, hint));
  if (quietHours) {
    const named = quietHours.zone;
    if (named !== 'contact' && !isZone(named)) {
      problems.push(atJourney('quietHours.zone', 'zone.unknown', `No zone '${named}'`, `${hint} Or 'contact'.`));
    }
    if (quietHours.from === quietHours.to) {
      const message = 'The quiet hours end when they begin';
      problems.push(atJourney('quietHours', 'quietHours.empty', message, 'Leave them out, or make them last.'));
    }
  }
  for (const [field, duration] of [['goal.within', goal?.within] as const, ['lateness', lateness] as const]) {
    const fault = duration === undefined ? null : faultOf(duration);
    if (fault) problems.push(atJourney(field, fault.code, fault.message, fault.hint));
  }
  return problems;
}

function faultOf(duration: string): Fault | null {
  const length = lengthOf(duration);
  if (length === null) {
    const message = `'${duration}' is no ISO-8601 duration`;
    return { code: 'duration.invalid', message, hint: 'Write P3D for three days, PT90M for ninety minutes.' };
  }
  if (length === 0) {
    return {
      code: 'duration.notPositive',
      message: `'${duration}' is no time at all`,
      hint: 'Wait for at least PT1S.',
    };
  }
  if (length <= journeyLimits.durationYears * YEAR_MS) return null;
  const message = `'${duration}' is longer than ${journeyLimits.durationYears} years`;
  return { code: 'duration.tooLong', message, hint: 'Check the unit: M is months before the T, minutes after it.' };
}
