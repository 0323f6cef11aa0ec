const minute = 60_000;
const hour = 60 * minute;

/** What ends at an instant: what a person has to do before it, the time in which a seat is kept, or a wait that goes on by itself. */
export type Due = 'person' | 'seat' | 'itself';

/** Nearer than this to its end something is soon. */
const soonMs: Readonly<Record<Due, number>> = { person: hour, seat: hour / 4, itself: 0 };
/** What goes on by itself may be this late before it is worth a look. */
const lateMs = minute;

/**
 * Whether the end of something is near enough to alarm: not more than a quarter of its whole length, where that is known, so that a
 * deadline of half an hour does not alarm from its beginning. Takes milliseconds; `leftMs` is negative once it has passed.
 */
export function isSoon(due: Due, leftMs: number, wholeMs: number | null): boolean {
  if (due === 'itself') return leftMs < -lateMs;
  return leftMs < Math.min(soonMs[due], wholeMs === null ? Infinity : wholeMs / 4);
}
