import { LRUCache } from 'lru-cache';
import { roles } from '../../contracts/access/access.ts';
import { MessageTemplate } from '../../contracts/journeys/templates-api.schema.ts';
import type { JourneyProblem } from '../../contracts/journeys/journeys-api.schema.ts';
import { journeyLimits } from '../../contracts/journeys/limits.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { isMembershipEvent, segmentOf } from '../../contracts/segments/membership-events.ts';
import type { EventTrigger } from '../../contracts/journeys/nodes.schema.ts';
import { graphOf, type Place } from '../../domain/journeys/graph.ts';
import { atNode } from '../../domain/journeys/checks/problems.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import { pinReferences, type StoredReference, storedReferencesOf } from '../../domain/journeys/references.ts';
import { missingVariables } from '../../domain/journeys/templates/check-variables.ts';
import { type MessageVariable, variablesOf } from '../../domain/journeys/templates/lint-message.ts';
import { findMember } from '../../platform/db/access/members.ts';
import { type ResolvedTemplate, resolveTemplate } from '../../platform/db/journeys/template-refs.ts';
import { rulesOf } from '../../platform/db/segments/segments.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/** What the workspace says about a definition: problems pinned to nodes, and the definition with its references pinned. */
export type WorkspaceVerdict = { problems: JourneyProblem[]; pinned: JourneyDefinition };

/** Checks what only the workspace knows: templates, prompts and their variables, roles and members who shall approve. */
export async function checkInWorkspace(
  tx: Tx,
  workspaceId: string,
  definition: JourneyDefinition,
): Promise<WorkspaceVerdict> {
  const problems: JourneyProblem[] = [];
  const resolved = new Map<string, ResolvedTemplate | null>();
  for (const named of storedReferencesOf(definition)) {
    const id = `${named.kind} ${named.reference}`;
    const found = resolved.get(id) ?? (await resolve(tx, workspaceId, named));
    resolved.set(id, found);
    problems.push(...(found ? variableProblems(named, found) : [unknown(named)]));
  }
  for (const place of graphOf(definition).places.values()) {
    problems.push(...(await assigneeProblems(tx, workspaceId, place)));
  }
  problems.push(...(await segmentProblems(tx, workspaceId, definition)));
  const pinned = pinReferences(definition, (kind, reference) => {
    const found = resolved.get(`${kind} ${reference}`);
    return found ? `${found.slug}@${found.version}` : reference;
  });
  return { problems, pinned };
}

/** The stored messages that a definition names, by reference; what does not exist is left out. */
export async function messagesOf(
  tx: Tx,
  workspaceId: string,
  definition: JourneyDefinition | null,
): Promise<Record<string, MessageTemplate>> {
  const messages: Record<string, MessageTemplate> = {};
  for (const named of definition === null ? [] : storedReferencesOf(definition)) {
    if (named.kind !== 'message' || named.reference in messages) continue;
    const read = MessageTemplate.safeParse((await resolve(tx, workspaceId, named))?.content);
    if (read.success) messages[named.reference] = read.data;
  }
  return messages;
}

/** `@production` is the newest version; other labels do not exist. Nine digits: a version is a Postgres integer. */
function resolve(tx: Tx, workspaceId: string, { kind, reference }: StoredReference): Promise<ResolvedTemplate | null> {
  const label = reference.slice(reference.indexOf('@') + 1);
  if (label !== 'production' && !/^\d{1,9}$/.test(label)) return Promise.resolve(null);
  return resolveTemplate(tx, workspaceId, kind, reference);
}

/** Triggers by a segment say which, and there is one. */
async function segmentProblems(tx: Tx, workspaceId: string, definition: JourneyDefinition): Promise<JourneyProblem[]> {
  const triggers = triggersOf(definition).filter(({ trigger }) => isMembershipEvent(trigger.event));
  const rules = triggers.length > 0 ? await rulesOf(tx, workspaceId) : new Map<string, unknown>();
  return triggers.flatMap(({ path, node, trigger }) => {
    const segment = segmentOf(trigger);
    const at = { path: `${path}.key`, node };
    if (segment === null)
      return [
        {
          ...at,
          code: 'segment.notNamed',
          message: 'It does not say which segment',
          hint: 'Give the slug as its key.',
        },
      ];
    if (rules.has(segment)) return [];
    return [
      { ...at, code: 'segment.unknown', message: `There is no segment ${segment}`, hint: 'Make the segment first.' },
    ];
  });
}

type PlacedTrigger = { path: string; node: string | null; trigger: EventTrigger };

function triggersOf(definition: JourneyDefinition): PlacedTrigger[] {
  const { entry, exitWhen, goal } = definition;
  const steps = [...graphOf(definition).places.values()].flatMap(({ node, path }): PlacedTrigger[] =>
    'on' in node ? [{ path: `${path}.on`, node: node.id, trigger: node.on }] : [],
  );
  return [
    ...entry.map((trigger, index) => ({ path: `entry.${index}`, node: null, trigger })),
    ...exitWhen.map((trigger, index) => ({ path: `exitWhen.${index}`, node: null, trigger })),
    ...(goal ? [{ path: 'goal.when', node: null, trigger: goal.when }] : []),
    ...steps,
  ];
}

function unknown({ kind, reference, place, field }: StoredReference): JourneyProblem {
  const what = kind === 'message' ? 'template' : 'prompt';
  const hint = `Push the ${what} first, and name a version that exists, or production for the newest.`;
  return atNode(place, `${what}.unknown`, `There is no ${what} ${reference}`, hint, field);
}

/** What templates read, by their hash: to find out takes a second for the largest, and a journey may name one in each step. */
const known = new LRUCache<string, MessageVariable[]>({ max: 1_000 });

function variablesIn({ sha256, content }: ResolvedTemplate): MessageVariable[] {
  const template = MessageTemplate.safeParse(content);
  const variables = known.get(sha256) ?? (template.success ? variablesOf(template.data) : []);
  known.set(sha256, variables);
  return variables;
}

function variableProblems({ place, field, variables }: StoredReference, found: ResolvedTemplate): JourneyProblem[] {
  if (variables === null) return [];
  const missing = missingVariables(variablesIn(found), variables).slice(0, journeyLimits.problems);
  return missing.map(({ name, path }) => {
    const message = `The template reads “${name}” at ${path}, which this step does not give`;
    return atNode(place, 'template.unknownVariable', message, 'Add it to the step’s variables.', field);
  });
}

async function assigneeProblems(tx: Tx, workspaceId: string, place: Place): Promise<JourneyProblem[]> {
  const assignee = kindOf(place.node).assignee(place.node);
  if (assignee === null) return [];
  const { kind, id } = assignee;
  if (kind === 'role') {
    if (roles.some((role) => role === id)) return [];
    return [
      atNode(place, 'approval.unknownRole', `There is no role ${id}`, `Choose one of ${roles.join(', ')}.`, 'assign'),
    ];
  }
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  const member = isId ? await findMember(tx, workspaceId, id) : undefined;
  if (member && member.disabled_at === null) return [];
  return [atNode(place, 'approval.unknownMember', `There is no member ${id}`, 'Choose a member, or a role.', 'assign')];
}
