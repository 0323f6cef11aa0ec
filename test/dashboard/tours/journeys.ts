import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { sampleJourney } from '../../support/journeys.ts';

/** A journey that asks a person, then waits for an answer. */
export function asking(slug: string): JourneyDefinition {
  return sampleJourney(slug, {
    name: `Win-back ${slug}`,
    entry: [{ event: `${slug}.lapsed` }],
    exitWhen: [{ event: `${slug}.ordered` }],
    steps: [
      {
        kind: 'approval',
        id: 'check',
        title: 'Check the subject line',
        assign: { kind: 'role', id: 'approver' },
        show: { kind: 'object', fields: { subject: { kind: 'literal', value: 'We miss you' } } },
        outcomes: [
          { name: 'approve', label: 'Approve and send', steps: [] },
          { name: 'skip', label: 'Skip', comment: 'required', steps: [{ kind: 'exit', id: 'out', reason: 'refused' }] },
        ],
      },
      { kind: 'waitFor', id: 'reply', title: 'Wait for an answer', on: { event: 'answered' }, timeout: 'P5D' },
    ],
  });
}

/** A journey that sends a mail to those without a first name too, then waits for an answer. */
export function writing(slug: string): JourneyDefinition {
  return sampleJourney(slug, {
    name: `Hello ${slug}`,
    steps: [
      {
        kind: 'email',
        id: 'hello',
        title: 'Say hello',
        content: {
          kind: 'inline',
          subject: { kind: 'literal', value: 'Hello {{ contact.firstName | default: "there" }}' },
          markdown: 'Hello',
        },
      },
      { kind: 'waitFor', id: 'reply', title: 'Wait for an answer', on: { event: 'answered' }, timeout: 'P5D' },
    ],
  });
}
