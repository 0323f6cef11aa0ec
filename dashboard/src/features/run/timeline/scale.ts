/** A place on the time axis, as a share of its width. */
export type Scale = (at: number) => number;

/**
 * A time axis for a timeline in which work takes seconds and waits take days: between each two instants that matter, the width grows
 * with the logarithm of the time, so that a long wait is drawn shorter and a short act stays visible. Rising, from 0 to 1.
 */
export function timeScale(instants: readonly number[]): Scale {
  const points = [...new Set(instants)].toSorted((a, b) => a - b);
  const widths = points.slice(1).map((point, index) => Math.log2(2 + (point - (points[index] ?? point)) / 1_000));
  const total = widths.reduce((sum, width) => sum + width, 0);
  return (at) => {
    let before = 0;
    for (const [index, width] of widths.entries()) {
      const from = points[index] ?? at;
      const to = points[index + 1] ?? at;
      if (at <= from) break;
      before += at >= to ? width : (width * (at - from)) / (to - from);
    }
    return total === 0 ? 0 : before / total;
  };
}

/** How much of the axis a label takes. */
const labelWidth = 0.19;

/** How much of its own width a label is moved from its instant: the first ones begin there and the last ones end there, so that none is cut off. */
export function labelShift(share: number): number {
  return share < 0.08 ? 0 : share > 0.92 ? -1 : -0.5;
}

/**
 * Which instants the axis names: those of `first` in their order, and of the others as many as find room between them. In the order of time.
 */
export function ticksOf(first: readonly number[], others: readonly number[], scale: Scale): number[] {
  const beginOf = (at: number): number => scale(at) + labelShift(scale(at)) * labelWidth;
  const taken: number[] = [];
  for (const at of [...first, ...others])
    if (taken.every((other) => Math.abs(beginOf(other) - beginOf(at)) >= labelWidth)) taken.push(at);
  return taken.toSorted((a, b) => a - b);
}
