import { useLingui } from '@lingui/react/macro';
import { scaleLinear } from 'd3-scale';
import type { WorkHour } from '../../../../contracts/operations/overview-api.schema.ts';

const width = 304;
const upHeight = 64;
const downHeight = 24;

/** Runs started and finished in each hour, upwards, and failed ones, downwards on a scale of their own. */
export function HoursChart({ hours }: { hours: readonly WorkHour[] }) {
  const { t, i18n } = useLingui();
  const most = Math.max(1, ...hours.flatMap(({ started, finished }) => [started, finished]));
  const mostFailed = Math.max(1, ...hours.map(({ failed }) => failed));
  const up = scaleLinear([0, most], [0, upHeight]);
  const down = scaleLinear([0, mostFailed], [0, downHeight - 2]);
  const step = width / Math.max(1, hours.length);
  const bar = (step - 3) / 2;
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  return (
    <svg
      viewBox={`0 0 ${width} ${upHeight + downHeight}`}
      width="100%"
      role="img"
      aria-label={t`Runs started, finished and failed in each of the last 24 hours; ${failed} failed`}
    >
      {hours.map((hour, index) => {
        const x = index * step + 1;
        const at = i18n.date(new Date(hour.at), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
        const { started, finished, failed: bad } = hour;
        return (
          <g key={hour.at}>
            <title>{t`${at}: ${started} started, ${finished} finished, ${bad} failed`}</title>
            <rect x={x - 1} y={0} width={step} height={upHeight + downHeight} fill="transparent" />
            <rect x={x} y={upHeight - up(started)} width={bar} height={up(started)} rx={1} fill="var(--blue-mark)" />
            <rect
              x={x + bar + 1}
              y={upHeight - up(finished)}
              width={bar}
              height={up(finished)}
              rx={1}
              fill="var(--green-mark)"
            />
            <rect x={x} y={upHeight + 1} width={step - 2} height={down(bad)} rx={1} fill="var(--red-mark)" />
          </g>
        );
      })}
      <line x1={0} x2={width} y1={upHeight + 0.5} y2={upHeight + 0.5} stroke="var(--line-strong)" />
    </svg>
  );
}
