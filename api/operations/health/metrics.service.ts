import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { type Figure, operatingFigures } from '../../../platform/db/incidents/operating-figures.ts';
import { RequestMetrics } from '../../http/request-metrics.ts';
import { Store } from '../../http/store.ts';

/** Counting costs a little: scrapers share one count up to this age. */
const freshMs = 5_000;

const gauges = {
  runs: { help: 'Runs that have not ended, by status', label: 'status' },
  outbox_waiting: { help: 'Starts and wake-ups that Temporal has not taken yet', label: null },
  outbox_parked: { help: 'Starts and wake-ups that were given up, each with an incident', label: null },
  outbox_oldest_seconds: { help: 'Age of the oldest start or wake-up that waits', label: null },
  incidents_open: { help: 'Open incidents, by kind', label: 'kind' },
  effects_unknown: { help: 'Effects with an unknown outcome, by kind', label: 'kind' },
  gates_open: { help: 'Approvals that wait for a person', label: null },
} as const;

/** Prometheus metrics: of this process and its requests, and the numbers that operators watch from Postgres. */
@Injectable()
export class MetricsService {
  private counted: { at: number; figures: Promise<Figure[]> } | null = null;
  private readonly gauges: { name: string; label: string | null; gauge: Gauge }[];

  constructor(
    private readonly store: Store,
    private readonly requests: RequestMetrics,
  ) {
    this.gauges = Object.entries(gauges).map(([name, { help, label }]) => ({
      name,
      label,
      gauge: new Gauge({
        name: `throughline_${name}`,
        help,
        labelNames: label === null ? [] : [label],
        registers: [requests.registry],
      }),
    }));
  }

  /** While Postgres is unavailable, only its numbers are missing. */
  async text(): Promise<string> {
    const figures = await this.figures().catch(() => []);
    for (const { name, label, gauge } of this.gauges) {
      gauge.reset();
      for (const figure of figures.filter((each) => each.name === name)) {
        gauge.set(label === null ? {} : { [label]: figure.label }, figure.value);
      }
    }
    return this.requests.registry.metrics();
  }

  private figures(): Promise<Figure[]> {
    const now = Date.now();
    if (this.counted === null || now - this.counted.at > freshMs)
      this.counted = { at: now, figures: operatingFigures(this.store.app) };
    return this.counted.figures;
  }
}
