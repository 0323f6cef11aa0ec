/** Where an incident is mended: among the models, the connections, in the logs, at Stripe, or in its own run. */
export type IncidentPlace = 'models' | 'connections' | 'waiting' | 'run' | null;

/** Every kind of incident, and the page that leads on; the words of what to do stand beside (`incident-advice.tsx`). */
export const incidentKinds = {
  'outbox.parked': 'run',
  'run.silent': 'waiting',
  'run.lost': 'run',
  'engine.fault': 'run',
  'run.stateTooLarge': 'run',
  'effect.killer': 'run',
  'email.waits': 'connections',
  'llm.waits': 'models',
  'crm.waits': 'connections',
  'payment.waits': 'connections',
  'webhook.waits': 'waiting',
  'batch.waits': 'models',
  'batch.fails': 'run',
  'enrollment.mailMissing': 'run',
  'crm.keyRefused': 'connections',
  'payment.ownKeyRefused': 'connections',
  'payment.keyRefused': null,
  'payment.foreign': null,
  'payment.unplaced': 'run',
  'payment.disputed': 'run',
  'payment.disputeLost': 'run',
  'payment.refundedElsewhere': 'run',
  'journey.repeats': null,
  'erasure.fails': null,
  'mailbox.unreachable': null,
  'mailbox.unread': null,
  'temporal.certificateEnds': null,
  'task.late': null,
  'worker.dying': null,
} as const satisfies Record<string, IncidentPlace>;

/** A kind of incident that this release knows. */
export type IncidentKind = keyof typeof incidentKinds;

/** Whether this release knows the kind; a newer worker may have others. */
export function isIncidentKind(kind: string): kind is IncidentKind {
  return Object.hasOwn(incidentKinds, kind);
}
