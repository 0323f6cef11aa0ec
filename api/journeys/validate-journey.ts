import { readJourney } from '../../contracts/journeys/read.schema.ts';
import type { JourneyProblem } from '../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { validateDefinition } from '../../domain/journeys/checks/validate.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { checkInWorkspace } from './workspace-checks.ts';

/** What may be published, or all that is in the way; `definition` is there once its shape is right. */
export type ValidatedJourney = {
  problems: JourneyProblem[];
  definition: JourneyDefinition | null;
  /** With its labels resolved; to be published only without problems. */
  pinned: JourneyDefinition | null;
};

/** Validates a definition from outside: its shape, its rules, and what it names in the workspace. */
export async function validateJourney(
  tx: Tx,
  workspaceId: string,
  slug: string,
  json: unknown,
): Promise<ValidatedJourney> {
  const reading = readJourney(json);
  if (!reading.ok) return { problems: reading.problems, definition: null, pinned: null };
  const { definition } = reading;
  const { problems, pinned } = await checkInWorkspace(tx, workspaceId, definition);
  const all = [...slugProblems(definition, slug), ...validateDefinition(definition), ...problems];
  return { problems: all, definition, pinned };
}

function slugProblems(definition: JourneyDefinition, slug: string): JourneyProblem[] {
  if (definition.slug === slug) return [];
  const message = `The definition is of '${definition.slug}', the address says '${slug}'`;
  return [{ path: 'slug', code: 'journey.otherSlug', message, hint: 'Give both the same slug.', node: null }];
}
