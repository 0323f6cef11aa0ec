import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { segmentEnter, segmentLeave } from '../../sdk/journey/journey.ts';
import { diffJourneys, isSameJourney } from './diff.ts';
import { drawJourney } from './drawing.ts';
import { durationWords } from './duration-words.ts';

const journey = (steps: JourneyNode[]): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'drawn',
  name: 'Drawn',
  entry: [{ event: 'signed_up' }],
  reentry: 'once',
  exitWhen: [],
  steps,
});

const mail: JourneyNode = { kind: 'email', id: 'mail', content: { kind: 'template', template: 'hello@1' } };
const wait: JourneyNode = {
  kind: 'waitFor',
  id: 'login',
  title: 'First login',
  on: { event: 'logged_in' },
  timeout: 'P7D',
  onTimeout: [mail],
};
const gate: JourneyNode = {
  kind: 'approval',
  id: 'check',
  assign: { kind: 'role', id: 'approver' },
  show: { kind: 'literal', value: 'x' },
  outcomes: [
    { name: 'approve', label: 'Approve', steps: [] },
    { name: 'again', steps: [{ kind: 'goTo', id: 'back', target: 'login' }] },
    { name: 'skip', steps: [{ kind: 'exit', id: 'out', reason: 'refused' }] },
  ],
};

describe('a drawn journey', () => {
  it('has a box for each step but a goTo, and a labelled way for each branch', () => {
    const { nodes, edges } = drawJourney(journey([wait, gate]));
    expect(nodes.map(({ id, title, detail }) => [id, title, detail])).toEqual([
      ['$entry', 'signed_up', 'Event that lets people in'],
      ['login', 'First login', 'Event “logged_in”, up to 7 d'],
      ['mail', 'Mail', 'Mail from hello@1'],
      ['check', 'Check', 'A person with the role approver'],
      ['out', 'Out', 'refused'],
      ['$end', 'End', 'All steps done'],
    ]);
    expect(edges.map(({ from, to, label }) => [from, to, label])).toEqual([
      ['$entry', 'login', null],
      ['login', 'check', 'Event received'],
      ['login', 'mail', 'Time was up'],
      ['mail', 'check', null],
      ['check', '$end', 'Approve'],
      ['check', 'login', 'again'],
      ['check', 'out', 'skip'],
    ]);
  });

  it('says by which segments people come in', () => {
    const entry = [segmentEnter('vip').trigger, segmentLeave('trial').trigger, { event: 'signed_up' }];
    const [first] = drawJourney({ ...journey([mail]), entry }).nodes;
    expect(first?.title).toBe('Enters segment vip, Leaves segment trial, signed_up');
  });

  it('survives a draft whose goTo steps lead in a circle or nowhere', () => {
    const circle = journey([{ kind: 'goTo', id: 'a', target: 'a' }]);
    expect(drawJourney(circle).edges).toEqual([{ from: '$entry', to: '$end', label: null, branch: null }]);
  });

  it.each([
    ['P5D', '5 d'],
    ['PT1H30M', '1 h 30 min'],
    ['P1W', '1 wk'],
    ['soon', 'soon'],
  ])('reads %s as %s', (iso, words) => expect(durationWords(iso)).toBe(words));
});

describe('two versions', () => {
  it('are the same as themselves', () => {
    expect(isSameJourney(diffJourneys(journey([wait, gate]), journey([wait, gate])))).toBe(true);
  });

  it('differ by what was added, removed and changed, each listed once', () => {
    const after = { ...journey([{ ...wait, timeout: 'P2D', onTimeout: [] }]), name: 'Drawn anew' };
    const diff = diffJourneys(journey([wait]), after);
    expect(diff.settings).toEqual([{ path: 'name', before: 'Drawn', after: 'Drawn anew' }]);
    expect(diff.added).toEqual([]);
    expect(diff.removed).toEqual([{ id: 'mail', title: 'Mail' }]);
    expect(diff.changed).toEqual([
      {
        id: 'login',
        title: 'First login',
        fields: [
          { path: 'timeout', before: 'P7D', after: 'P2D' },
          { path: 'leadsTo.onTimeout', before: 'mail', after: null },
        ],
      },
    ]);
  });
});
