import { expect, it } from 'vitest';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { sampleJourney } from '../../../test/support/journeys.ts';
import { advance } from '../advance.ts';
import { startJourney } from '../state.ts';
import { mailsAhead } from './mails-ahead.ts';

const now = '2026-03-02T09:00:00.000Z';
const email = (id: string, markdown: string): JourneyNode => ({
  id,
  kind: 'email',
  title: `Mail ${id}`,
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown },
  variables: { plan: { kind: 'entry', path: ['plan'] } },
});
const check = (outcomes: Record<string, JourneyNode[]>): JourneyNode => ({
  id: 'check',
  kind: 'approval',
  assign: { kind: 'role', id: 'approver' },
  show: { kind: 'object', fields: {} },
  outcomes: Object.entries(outcomes).map(([name, steps]) => ({ name, steps })),
});

it('shows what each outcome of an approval would send at once (dashboard F10)', () => {
  const later: JourneyNode[] = [{ id: 'day', kind: 'delay', for: 'P1D' }, email('late', 'x')];
  const steps = [check({ approve: [], sorry: [email('sorry', 'No')], wait: later }), email('hello', '{{ plan }}')];
  const definition = sampleJourney('ahead', { steps });
  const facts = { now, contact: { externalId: 'ana' }, workspaceZone: 'UTC' };
  const entry = { eventId: null, event: 'SignedUp', key: null, properties: { plan: 'pro' }, receivedAt: now };
  const { state, gates } = advance(definition, startJourney(entry), { ...facts, mailbox: [] });
  const gate = { step: 'check', visit: 1, round: 1, outcomes: ['approve', 'sorry', 'wait'] };
  expect(gates).toMatchObject([{ step: 'check', visit: 1 }]);
  expect(mailsAhead(definition, state, gate, facts)).toMatchObject([
    { outcome: 'approve', step: 'hello', title: 'Mail hello', mail: { variables: { plan: 'pro' } } },
    { outcome: 'sorry', step: 'sorry', mail: { content: { markdown: 'No' } } },
  ]);
});
