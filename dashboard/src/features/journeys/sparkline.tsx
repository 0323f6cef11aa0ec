import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import classes from './journeys.module.css';

const width = 56;
const height = 18;

/** A few numbers as a line; decoration beside their sum. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [2, width - 3]);
  const y = scaleLinear([0, Math.max(1, ...values)], [height - 3, 3]);
  const path = line<number>((_, index) => x(index), y)(values);
  const last = values.at(-1) ?? 0;
  return (
    <svg aria-hidden width={width} height={height} className={classes.spark}>
      <path d={path ?? ''} fill="none" stroke="var(--text-2)" strokeWidth={1.2} />
      <circle cx={x(values.length - 1)} cy={y(last)} r={1.8} fill="var(--text)" />
    </svg>
  );
}
