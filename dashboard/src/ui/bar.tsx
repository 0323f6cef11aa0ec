import type { ReactNode } from 'react';
import classes from './bar.module.css';
import { type Tone, toneIcons } from './chip.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Count } from './numbers.tsx';

/** A share of the whole. `rest` is what has not begun. */
export type Part = {
  key: string;
  tone: Tone | 'rest';
  count: number;
  label: ReactNode;
  icon?: IconName;
  link?: (content: ReactNode) => ReactNode;
};

const colours: Record<Part['tone'], string> = {
  done: 'var(--green-mark)',
  running: 'var(--blue-mark)',
  person: 'var(--amber-mark)',
  waiting: 'var(--violet-mark)',
  failed: 'var(--red-mark)',
  off: 'var(--grey-mark)',
  rest: 'var(--line-strong)',
};

const icons: Record<Part['tone'], IconName | null> = { ...toneIcons, rest: null };

/** How a whole is divided: a bar whose parts are states. It is decoration beside `BarLegend`, which says the same in words. */
export function SegmentedBar({ parts }: { parts: readonly Part[] }) {
  return (
    <div className={classes.bar} aria-hidden>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ key, tone, count }) => (
          <i key={key} className={classes.part} style={{ flex: `${count} 0 0`, background: colours[tone] }} />
        ))}
    </div>
  );
}

/** The parts in words and numbers; those without anything are left out, a part with a `link` leads to the list behind it. */
export function BarLegend({ parts }: { parts: readonly Part[] }) {
  return (
    <ul className={classes.legend}>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ key, tone, count, label, icon = icons[tone], link = (content) => content }) => (
          <li key={key}>
            {icon && <Icon name={icon} size={12} color={colours[tone]} />}
            {link(
              <span>
                <b className="num">
                  <Count value={count} />
                </b>{' '}
                {label}
              </span>,
            )}
          </li>
        ))}
    </ul>
  );
}
