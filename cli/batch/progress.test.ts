import { expect, it } from 'vitest';
import type { BatchDetail } from '../../contracts/documents/batches-api.schema.ts';
import { progressLine } from './progress.ts';

const progress = {
  generated: 0,
  flagged: 0,
  skipped: 0,
  generateFailed: 0,
  undecided: 0,
  rendered: 0,
  withheld: 0,
  renderFailed: 0,
  failed: 0,
  repaired: 0,
  missing: 0,
};
const batch: BatchDetail = {
  trouble: null,
  againOf: null,
  madeAgainBy: [],
  id: '018f0000-0000-7000-8000-000000000000',
  runId: '018f0000-0000-7000-8000-000000000001',
  name: 'Renewals',
  status: 'running',
  stage: 'generate',
  rows: 200,
  rowErrors: 0,
  estimate: null,
  paused: null,
  budgetMicros: 2_000_000,
  spentMicros: 0,
  outcome: null,
  reason: null,
  hasArchive: false,
  createdAt: '2026-11-25T10:00:00Z',
  endedAt: null,
  rev: 1,
  gateId: null,
  progress,
  templateName: 'Renewal letter',
  stages: [],
  defects: [],
  perMinute: [],
  tokens: { input: 0, output: 0 },
  decidedPerHour: null,
  secondsLeft: null,
  options: {},
};

it.each<[string, Partial<BatchDetail>, string]>([
  ['the first rows', { stage: 'import', rows: 0 }, 'reading the rows'],
  ['no document yet', {}, 'generating ░░░░░░░░░░░░░░░░░░░░░░░░ 0/200'],
  [
    'half of them, lost ones counted',
    {
      progress: { ...progress, generated: 90, skipped: 5, generateFailed: 5, flagged: 4 },
      rowErrors: 2,
      spentMicros: 31_250,
      secondsLeft: 7,
    },
    'generating ████████████░░░░░░░░░░░░ 100/200, 4 flagged, 2 bad rows, $0.0313, 7 s left',
  ],
  [
    'all of them rendered or withheld',
    { stage: 'render', progress: { ...progress, generated: 200, rendered: 199, withheld: 1 }, secondsLeft: 240 },
    'rendering ████████████████████████ 200/200, 4 min left',
  ],
  ['a budget that is spent', { paused: 'budget' }, 'paused (budget) ░░░░░░░░░░░░░░░░░░░░░░░░ 0/200'],
])('tells %s', (_, changes, line) => {
  expect(progressLine({ ...batch, ...changes })).toBe(line);
});
