import type { ReactNode } from 'react';
import classes from './icons.module.css';

/** The drawings of the design, on a grid of 24, drawn with lines of the text's colour. */
const drawings = {
  home: <path d="M3 11 12 4l9 7v9h-6v-6H9v6H3z" />,
  inbox: <path d="M4 13h4l2 3h4l2-3h4M4 13 6 5h12l2 8v6H4z" />,
  journey: (
    <>
      <circle cx="6" cy="6" r="2.5" />
      <circle cx="18" cy="18" r="2.5" />
      <path d="M8.5 6H15a3 3 0 0 1 0 6H9a3 3 0 0 0 0 6h6.5" />
    </>
  ),
  course: <path d="M12 5 2 10l10 5 10-5zM6 12v5c3.5 2.5 8.5 2.5 12 0v-5" />,
  batch: <path d="M8 3h9l3 3v12H8zM8 7H4v14h12v-3" />,
  runs: <path d="M4 6h16M4 12h10M4 18h13" />,
  person: (
    <>
      <circle cx="12" cy="8" r="3.5" />
      <path d="M5 20c1-4 4-6 7-6s6 2 7 6" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8" r="3" />
      <path d="M3 19c.8-3.4 3.3-5 6-5s5.2 1.6 6 5M16 5.5a3 3 0 0 1 0 5.5M17 14.3c2 .6 3.4 2.1 4 4.7" />
    </>
  ),
  help: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .9-1 1.7M12 17h.01" />
    </>
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="6" />
      <path d="m20 20-4-4" />
    </>
  ),
  check: <path d="m5 13 4 4 10-11" />,
  play: <path d="M7 5v14l11-7z" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3 2" />
    </>
  ),
  cross: <path d="m6 6 12 12M18 6 6 18" />,
  pause: <path d="M9 5v14M15 5v14" />,
  warn: <path d="M12 4 2.5 20h19zM12 10v4M12 17h.01" />,
  mail: <path d="M3 6h18v12H3zM3 7l9 7 9-7" />,
  split: <path d="M6 3v6a5 5 0 0 0 5 5h7M6 21v-6M15 11l3 3-3 3" />,
  spark: <path d="M12 3v5M12 16v5M3 12h5M16 12h5" />,
  doc: <path d="M6 3h8l4 4v14H6zM14 3v4h4" />,
  down: <path d="M12 4v11m-5-5 5 5 5-5M5 20h14" />,
  up: <path d="M12 20V9m-5 5 5-5 5 5M5 4h14" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" />,
  chevron: <path d="m9 6 6 6-6 6" />,
  undo: <path d="M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6" />,
  crm: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="2" />
      <path d="M8 10h8M8 14h5" />
    </>
  ),
  event: <path d="M13 3 5 14h6l-1 7 8-11h-6z" />,
  exit: <path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  pen: <path d="M4 20l1-4L16 5l3 3L8 19z" />,
  lock: <path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />,
  eye: (
    <>
      <path d="M2.5 12c2.5-4.5 5.8-6.5 9.5-6.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12z" />
      <circle cx="12" cy="12" r="2.5" />
    </>
  ),
  card: <path d="M3 6h18v12H3zM3 10h18M7 15h4" />,
  stop: <path d="M7 7h10v10H7z" />,
  flag: <path d="M6 21V4h11l-2 4 2 4H6" />,
  copy: <path d="M9 9h11v11H9zM5 15H4V4h11v1" />,
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 9-9M16 7l3 3" />
    </>
  ),
  light: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
    </>
  ),
  admin: (
    <>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
      <circle cx="16" cy="7" r="3" />
      <circle cx="8" cy="17" r="3" />
    </>
  ),
  out: <path d="M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9" />,
} as const satisfies Record<string, ReactNode>;

/** An icon's name. */
export type IconName = keyof typeof drawings;

/** An icon; what it means stands beside it as a word, so it is hidden from screen readers. */
export function Icon({ name, size = 16, color }: { name: IconName; size?: number; color?: string }) {
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke={color ?? 'currentColor'}
      strokeWidth={size < 15 ? 2 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classes.icon}
    >
      {drawings[name]}
    </svg>
  );
}
