import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { advance } from '../advance.ts';
import { startJourney, type JourneyState } from '../state.ts';
import { moveRun } from './move-run.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const at = (hours: number): string => new Date(START + hours * 3_600_000).toISOString();
const journey = (steps: readonly JourneyNode[], more: Partial<JourneyDefinition> = {}): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'moved',
  name: 'Moved',
  entry: [{ event: 'entered' }],
  reentry: 'once',
  exitWhen: [],
  steps,
  ...more,
});
const email = (id: string, markdown = 'Hi'): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown },
});
const delay = (id: string, time: string): JourneyNode => ({ id, kind: 'delay', for: time });
const input = (hours: number) => ({ now: at(hours), contact: {}, mailbox: [], workspaceZone: 'UTC' });
const started = (definition: JourneyDefinition, hours = 0): JourneyState =>
  advance(
    definition,
    startJourney({ eventId: 'e', event: 'entered', key: null, properties: {}, occurredAt: at(0), receivedAt: at(0) }),
    input(hours),
  ).state;

/** Its state after a move at an hour, as the next turn leaves it; else why it stays. */
function moved(before: JourneyDefinition, after: JourneyDefinition, hours = 1) {
  const result = moveRun(before, after, started(before), input(hours));
  if (result.kind === 'stays') return `${result.why} ${result.step}`;
  return advance(after, result.state, { ...input(hours), listening: result.listening });
}

describe('a run that moves to another version (dashboard F8)', () => {
  const v2 = journey([delay('day', 'P1D'), email('hello', 'a typo')]);

  it('gets the new text where it has not come to it', () => {
    const v3 = journey([delay('day', 'P1D'), email('hello', 'a text')]);
    expect(moved(v2, v3, 24)).toMatchObject({
      actions: [{ id: 'hello/1', params: { content: { markdown: 'a text' } } }],
    });
  });

  it('waits as long as the new version says, counted from when it began', () => {
    const v3 = journey([delay('day', 'P3D'), email('hello', 'a typo')]);
    expect(moved(v2, v3)).toMatchObject({ dueAt: at(72), actions: [] });
    const short = journey([delay('day', 'PT1H'), email('hello', 'a typo')]);
    expect(moved(v2, short, 2)).toMatchObject({ actions: [{ id: 'hello/1' }] });
  });

  it('listens to the new exits and goal, with what came before', () => {
    const trigger = { event: 'left' };
    const v3 = journey(v2.steps, { exitWhen: [trigger], goal: { when: { event: 'bought' }, within: 'P9D' } });
    const before = moveRun(v2, v3, started(v2), input(1));
    expect(before).toMatchObject({ kind: 'moves', listening: [] });
    // No timer fires before stored events have been compared with what it listens to now.
    expect(moved(v2, v3, 30)).toMatchObject({
      waits: [
        { step: '$exit', eventName: 'left' },
        { step: '$goal', eventName: 'bought' },
      ],
      actions: [],
    });
  });

  it('goes through a step that was put in behind where it stands', () => {
    const v3 = journey([delay('day', 'P1D'), email('new'), email('hello', 'a typo')]);
    expect(moved(v2, v3, 24)).toMatchObject({ actions: [{ id: 'new/1' }] });
  });

  it('stays where it has been in a changed step, or stands in one that is not there', () => {
    const long = journey([email('hello'), delay('day', 'P1D')]);
    const other = journey([email('hello', 'another'), delay('day', 'P1D')]);
    expect(moved(long, other)).toBe('passed hello');
    expect(moved(v2, journey([delay('week', 'P7D'), email('hello', 'a typo')]))).toBe('gone day');
  });

  it('moves before it has made its first turn', () => {
    const state = startJourney({ eventId: 'e', event: 'entered', key: null, properties: {}, receivedAt: at(0) });
    expect(moveRun(v2, journey([email('hello')]), state, input(0))).toMatchObject({ kind: 'moves', state });
  });
});
