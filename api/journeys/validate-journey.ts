import { LRUCache } from 'lru-cache';
import { readJourney } from '../../contracts/journeys/read.schema.ts';
import { journeyLimits } from '../../contracts/journeys/limits.ts';
import type { JourneyProblem } from '../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { atNode } from '../../domain/journeys/checks/problems.ts';
import { validateDefinition } from '../../domain/journeys/checks/validate.ts';
import { graphOf } from '../../domain/journeys/graph.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import { schemaFault } from '../../platform/models/answer-schema.ts';
import type { JourneyRow } from '../../platform/db/journeys/journeys.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { checkInWorkspace } from './workspace-checks.ts';

/** What may be published, or all that is in the way; `definition` is there once its shape is right. */
export type ValidatedJourney = {
  problems: JourneyProblem[];
  definition: JourneyDefinition | null;
  /** With its labels resolved; to be published only without problems. */
  pinned: JourneyDefinition | null;
};

/** What a definition says of itself. */
type Read = Pick<ValidatedJourney, 'problems' | 'definition'>;

/** Characters of the drafts that are remembered as they were read: about a hundred of the largest that people write. */
const maxCharacters = 10_000_000;
const readDrafts = new LRUCache<string, Read>({ maxSize: maxCharacters });

/** Validates a definition from outside: its shape, its rules, and what it names in the workspace. */
export function validateJourney(tx: Tx, workspaceId: string, slug: string, json: unknown): Promise<ValidatedJourney> {
  return withWorkspace(tx, workspaceId, slug, read(json));
}

/** As `validateJourney`, for a stored draft, which is read once as long as it stays as it is: looking at it again costs little. */
export function validateDraft(tx: Tx, row: JourneyRow): Promise<ValidatedJourney> {
  const id = `${row.id} ${row.rev}`;
  const known = readDrafts.get(id) ?? read(row.draft);
  readDrafts.set(id, known, { size: JSON.stringify(row.draft).length });
  return withWorkspace(tx, row.workspace_id, row.slug, known);
}

function read(json: unknown): Read {
  const reading = readJourney(json);
  if (!reading.ok) return { problems: reading.problems, definition: null };
  const { definition } = reading;
  return { definition, problems: [...validateDefinition(definition), ...outputProblems(definition)] };
}

async function withWorkspace(
  tx: Tx,
  workspaceId: string,
  slug: string,
  { problems: own, definition }: Read,
): Promise<ValidatedJourney> {
  if (!definition) return { problems: own, definition, pinned: null };
  const { problems, pinned } = await checkInWorkspace(tx, workspaceId, definition);
  const all = [...slugProblems(definition, slug), ...own, ...problems];
  return { problems: all.slice(0, journeyLimits.problems), definition, pinned };
}

/** Schemas of answers that could not be compared with an answer in bounded time, or that ask for what is not compared. */
function outputProblems(definition: JourneyDefinition): JourneyProblem[] {
  return [...graphOf(definition).places.values()].flatMap((place) => {
    const output = kindOf(place.node).output(place.node);
    const fault = output && schemaFault(output);
    if (!fault) return [];
    const field = fault.path === '' ? 'output' : `output.${fault.path}`;
    const hint = 'Describe it in words, or by an enum, a length or a plain pattern.';
    return [atNode(place, 'llm.outputUnusable', `The output's schema: ${fault.message}`, hint, field)];
  });
}

function slugProblems(definition: JourneyDefinition, slug: string): JourneyProblem[] {
  if (definition.slug === slug) return [];
  const message = `The definition is of '${definition.slug}', the address says '${slug}'`;
  return [{ path: 'slug', code: 'journey.otherSlug', message, hint: 'Give both the same slug.', node: null }];
}
