import type { LineKind } from '../../../../domain/courses/turn.ts';
import type { DrawnNode } from '../../../../domain/journeys/drawing.ts';
import type { IconName } from '../../ui/icons.tsx';

/** How a step looks: its icon, and whom its time belongs to once it is done; without `spent` it was work. */
type Look = { icon: IconName; spent?: 'person' | 'waiting' };

/** The looks of all kinds of steps: boxes of a drawn journey, lines of an enrollment's timeline, stages of a batch (`batch`, `gate`). This is the only list of them. */
const looks: Record<DrawnNode['kind'] | LineKind | 'goal' | 'batch', Look> = {
  entry: { icon: 'event' },
  email: { icon: 'mail' },
  delay: { icon: 'clock', spent: 'waiting' },
  waitFor: { icon: 'event', spent: 'waiting' },
  if: { icon: 'split' },
  llm: { icon: 'spark' },
  approval: { icon: 'person', spent: 'person' },
  updateContact: { icon: 'pen' },
  crm: { icon: 'crm' },
  exit: { icon: 'exit' },
  goTo: { icon: 'undo' },
  end: { icon: 'check' },
  goal: { icon: 'flag' },
  check: { icon: 'check' },
  seat: { icon: 'check' },
  waitlist: { icon: 'clock', spent: 'waiting' },
  offer: { icon: 'clock', spent: 'waiting' },
  payment: { icon: 'card', spent: 'waiting' },
  progress: { icon: 'clock', spent: 'waiting' },
  quote: { icon: 'check' },
  refund: { icon: 'check' },
  batch: { icon: 'check' },
  gate: { icon: 'person', spent: 'person' },
};

/** How a step of a kind looks. One that a newer server knows and this page does not is a step like any other. */
export function lookOf(kind: string): Look {
  return (looks as Readonly<Record<string, Look>>)[kind] ?? { icon: 'check' };
}
