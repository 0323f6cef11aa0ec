import { describe, expect, it } from 'vitest';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { sampleJourney } from '../../test/support/journeys.ts';
import { validateDefinition } from './checks/validate.ts';
import { drawJourney } from './drawing.ts';
import { simulateJourney } from './simulation/simulate.ts';

const set = (id: string, value: string): JourneyNode => ({
  id,
  kind: 'updateContact',
  set: { stage: { kind: 'literal', value } },
});
const mail: JourneyNode = {
  id: 'bye',
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Bye' }, markdown: 'Bye' },
};
const toCrm = (steps?: readonly JourneyNode[]): JourneyNode => ({
  id: 'to-crm',
  kind: 'crm',
  upsert: 'contact',
  set: { stage: { kind: 'literal', value: 'a' } },
  ...(steps ? { onError: steps } : {}),
});

const simulate = (steps: readonly JourneyNode[], failures: Record<string, string> = {}) =>
  simulateJourney(sampleJourney('branched', { steps }), {
    script: { failures },
    at: '2026-03-02T09:00:00.000Z',
    contact: { externalId: 'ana' },
    workspaceZone: 'UTC',
  });
const walk = (...of: Parameters<typeof simulate>): string[] => {
  const { steps, outcome } = simulate(...of);
  return [...steps.map(({ step, status }) => `${step} ${status}`), outcome];
};

describe('a step with a branch for its failure (journeys F4)', () => {
  const steps = [toCrm([set('note', 'b')]), mail];

  it('goes through it and on behind the step, and fails no run', () => {
    expect(walk(steps, { 'to-crm': 'refused' })).toEqual(['to-crm failed', 'note done', 'bye done', 'completed']);
    expect(walk([toCrm([]), mail], { 'to-crm': 'refused' })).toEqual(['to-crm failed', 'bye done', 'completed']);
  });

  it('passes it by where nothing fails, and fails the run where there is none', () => {
    expect(walk(steps)).toEqual(['to-crm done', 'bye done', 'completed']);
    expect(walk([toCrm(), mail], { 'to-crm': 'refused' })).toEqual(['to-crm failed', 'failed']);
  });

  it('is drawn with both of its ways', () => {
    const { edges } = drawJourney(sampleJourney('drawn', { steps }));
    expect(edges.filter(({ from }) => from === 'to-crm')).toEqual([
      { from: 'to-crm', to: 'bye', label: null, branch: null },
      { from: 'to-crm', to: 'note', label: 'If it fails', branch: 'onError' },
    ]);
  });

  it('has no output there, and may have none behind it', () => {
    const subject = { kind: 'output', step: 'to-crm', path: ['id'] } as const;
    const asking = (id: string): JourneyNode => ({
      id,
      kind: 'email',
      content: { kind: 'inline', subject, markdown: 'Hi' },
    });
    const codes = (nodes: readonly JourneyNode[]): string[] =>
      validateDefinition(sampleJourney('checked', { steps: nodes })).map(({ code, node }) => `${node} ${code}`);
    expect(codes([toCrm([asking('inside')]), asking('behind')])).toEqual([
      'inside output.beforeStep',
      'behind output.maybeMissing',
    ]);
    expect(codes([toCrm([{ id: 'out', kind: 'exit', reason: 'no' }]), asking('behind')])).toEqual([]);
  });

  it('is had by an approval too, which fails where it would show too much', () => {
    const much = { kind: 'literal', value: 'x'.repeat(70_000) } as const;
    const approval = (onError?: readonly JourneyNode[]): JourneyNode => ({
      id: 'ok',
      kind: 'approval',
      assign: { kind: 'role', id: 'approver' },
      show: much,
      outcomes: [{ name: 'approve', steps: [mail] }],
      ...(onError ? { onError } : {}),
    });
    expect(walk([approval([set('note', 'b')])])).toEqual(['ok failed', 'note done', 'completed']);
    expect(walk([approval()])).toEqual(['ok failed', 'failed']);
    const { edges } = drawJourney(sampleJourney('drawn', { steps: [approval([set('note', 'b')])] }));
    const ways = edges.filter(({ from }) => from === 'ok').map(({ to, label }) => `${to} ${label}`);
    expect(ways).toEqual(['bye approve', 'note If it fails']);
    const back = sampleJourney('back', { steps: [approval([{ id: 'again', kind: 'goTo', target: 'ok' }])] });
    expect(validateDefinition(back)).toMatchObject([{ code: 'loop.withoutWait', node: 'again' }]);
  });

  it('is refused where it goes back without a wait', () => {
    const loop = validateDefinition(
      sampleJourney('looped', { steps: [toCrm([{ id: 'back', kind: 'goTo', target: 'to-crm' }])] }),
    );
    expect(loop).toMatchObject([{ code: 'loop.withoutWait', node: 'back' }]);
  });
});
