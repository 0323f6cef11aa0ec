import type { DrawnNode } from '../../../../../domain/journeys/drawing.ts';
import type { IconName } from '../../../ui/icons.tsx';

/** The icon of each kind of step. */
export const nodeIcons: Record<DrawnNode['kind'], IconName> = {
  entry: 'event',
  email: 'mail',
  delay: 'clock',
  waitFor: 'event',
  if: 'split',
  llm: 'spark',
  approval: 'person',
  updateContact: 'pen',
  crm: 'crm',
  exit: 'exit',
  goTo: 'undo',
  end: 'check',
};
