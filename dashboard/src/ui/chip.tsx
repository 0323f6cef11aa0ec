import type { ReactNode } from 'react';
import classes from './chip.module.css';
import { Icon, type IconName } from './icons.tsx';

/** What a colour means: done, at work, waiting for a person, waiting for time or an event, failed or stuck, neither. */
export type Tone = 'done' | 'running' | 'person' | 'waiting' | 'failed' | 'off';

/** The icon that goes with each colour. */
export const toneIcons: Readonly<Record<Tone, IconName>> = {
  done: 'check',
  running: 'play',
  person: 'person',
  waiting: 'clock',
  failed: 'cross',
  off: 'minus',
};

/** A state: icon, word and colour. `isBare` leaves the background out, for tables with several. */
export function Chip(props: { tone: Tone; icon?: IconName; isBare?: boolean; children: ReactNode }) {
  const { tone, icon = toneIcons[tone], isBare = false, children } = props;
  return (
    <span className={`${classes.chip} ${classes[tone]} ${isBare ? classes.bare : ''}`}>
      <Icon name={icon} size={13} />
      <span>{children}</span>
    </span>
  );
}
