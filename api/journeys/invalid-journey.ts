import type { JourneyProblem } from '../../contracts/journeys/journeys-api.schema.ts';
import { excessOf } from '../../contracts/journeys/read.schema.ts';
import { AppError } from '../http/errors/app-error.ts';

/** 422 with every problem, as the validator words them under `problems` too, with node and hint. */
export function invalidJourney(problems: readonly JourneyProblem[]): AppError {
  const [first] = problems;
  return new AppError(422, 'journey.invalid', {
    detail: first ? `${first.node ?? first.path}: ${first.message}` : 'The journey cannot be published',
    errors: problems.map(({ path, code, message }) => ({ path, code, message })),
    extra: { problems },
  });
}

/** Refuses a definition that is beyond a limit, before any work is done with it. @throws AppError 422 `journey.invalid` */
export function requireBounded(definition: unknown): void {
  const excess = excessOf(definition);
  if (excess) throw invalidJourney([excess]);
}
