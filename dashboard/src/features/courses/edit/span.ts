/** A length of time as it is typed: a count of a unit; `iso` keeps what one unit cannot say, such as `P1DT12H`. */
export type Span = { count: string; unit: SpanUnit };
/** The units in which a length of time is typed. */
export type SpanUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'iso';

const units = [
  ['weeks', 'P', 'W'],
  ['days', 'P', 'D'],
  ['hours', 'PT', 'H'],
  ['minutes', 'PT', 'M'],
  ['seconds', 'PT', 'S'],
] as const;

/** A stored ISO-8601 duration as it is typed. A day stays a day: it is no 24 hours where clocks change. */
export function spanOf(duration: string): Span {
  for (const [unit, head, letter] of units) {
    const count = new RegExp(`^${head}(\\d+)${letter}$`).exec(duration)?.[1];
    if (count !== undefined) return { count, unit };
  }
  return { count: duration, unit: 'iso' };
}

/** What is typed as an ISO-8601 duration; what is no count comes out as none. */
export function durationOf({ count, unit }: Span): string {
  const text = count.trim();
  const way = units.find(([name]) => name === unit);
  return way && /^\d+$/.test(text) ? `${way[1]}${text}${way[2]}` : text;
}
