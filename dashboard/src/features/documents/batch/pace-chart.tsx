import { useLingui } from '@lingui/react/macro';
import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';

const [width, height] = [220, 44];

/** Documents written in each minute. */
export function PaceChart({ minutes }: { minutes: BatchDetail['perMinute'] }) {
  const { t } = useLingui();
  if (minutes.length < 2) return null;
  const most = Math.max(1, ...minutes.map(({ documents }) => documents));
  const x = scaleLinear([0, minutes.length - 1], [2, width - 4]);
  const y = scaleLinear([0, most], [height - 2, 4]);
  const counts = minutes.map(({ documents }) => documents);
  const last = counts.at(-1) ?? 0;
  const count = minutes.length;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width="100%"
      role="img"
      aria-label={t`Documents a minute over ${count} minutes, at most ${most}`}
    >
      <path d={area<number>((_, index) => x(index), height - 2, y)(counts) ?? ''} fill="var(--blue-soft)" />
      <path
        d={line<number>((_, index) => x(index), y)(counts) ?? ''}
        fill="none"
        stroke="var(--blue-mark)"
        strokeWidth={1.6}
      />
      <circle cx={x(counts.length - 1)} cy={y(last)} r={2.4} fill="var(--blue-mark)" />
    </svg>
  );
}
