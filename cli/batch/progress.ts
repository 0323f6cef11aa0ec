import type { BatchDetail } from '../../contracts/documents/batches-api.schema.ts';
import { stages } from '../../domain/documents/stages/stages.ts';

/** Cells of the bar: as wide as leaves room for the words beside it on 80 columns. */
const barWidth = 24;

/** Where a batch stands, in one line: `generating ███░░ 120/200, 4 flagged, $0.0312, 7 s left`. */
export function progressLine(batch: BatchDetail): string {
  const { progress, rows } = batch;
  const { doing, documents } = stages[batch.stage];
  const words = batch.paused === null ? doing : `paused (${batch.paused})`;
  const done = documents?.done(progress);
  const parts = [
    done === undefined ? words : `${words} ${bar(done / Math.max(rows, 1))} ${done}/${rows}`,
    ...(progress.flagged > 0 ? [`${progress.flagged} flagged`] : []),
    ...(batch.rowErrors > 0 ? [`${batch.rowErrors} bad rows`] : []),
    ...(batch.spentMicros > 0 ? [dollars(batch.spentMicros)] : []),
    ...(batch.secondsLeft === null ? [] : [`${duration(batch.secondsLeft)} left`]),
  ];
  return parts.join(', ');
}

/** Millionths of a dollar as dollars; four places, as one document costs less than a cent. */
export function dollars(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(4)}`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function bar(share: number): string {
  const full = Math.round(Math.min(share, 1) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}
