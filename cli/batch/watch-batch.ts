import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchDetail } from '../../contracts/documents/batches-api.schema.ts';
import type { Gate } from '../../contracts/approvals/gates-api.schema.ts';
import { decidesDocuments, decidesEstimate } from '../../domain/documents/stages/stages.ts';
import { ApiProblem, type Client } from '../../sdk/client/client.ts';
import { approverClient } from '../support/api.ts';
import { printable } from '../../platform/printable.ts';
import { note } from '../support/output.ts';
import { dollars, progressLine } from './progress.ts';

/** How often a watched batch is looked at. */
const lookEveryMs = 500;
/** Each look counts the documents, about 2 ms for a thousand of them: so a batch of 100,000 is looked at every five seconds. */
const lookMsPerRow = 0.05;
/** How often a line is written within one stage where nothing can be written over: a log is read, not watched. */
const lineEveryMs = 2_000;
/** How long a server may be away: a restart takes seconds, a deployment a minute or two. */
const patienceMs = 120_000;

/**
 * Shows a batch until it has ended: a bar on a terminal, lines elsewhere, and at a gate what is decided and the command that
 * decides it. A server that restarts meanwhile is waited for. @throws ApiProblem for a refusal, and what `fetch` throws after two minutes
 */
export async function watchBatch(client: Client, id: string): Promise<BatchDetail> {
  const show = createDisplay();
  const announced = new Set<string>();
  for (;;) {
    const batch = await patiently(() => client.batches.show(id), show);
    show(progressLine(batch), batch.stage);
    if (batch.endedAt !== null) {
      show(null);
      return batch;
    }
    if (batch.status === 'waiting') {
      for (const gate of await patiently(() => openGates(batch.runId), show)) {
        if (announced.has(gate.id)) continue;
        announced.add(gate.id);
        show(null);
        announce(gate, batch);
      }
    }
    await sleep(Math.max(lookEveryMs, batch.rows * lookMsPerRow));
  }
}

/** Open gates as the approver sees them; a key that may not see approvals watches without them. */
async function openGates(runId: string): Promise<Gate[]> {
  try {
    return (await approverClient().gates.list({ runId, status: 'open' })).items;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403) return [];
    throw error;
  }
}

function announce(gate: Gate, batch: BatchDetail): void {
  note(`A person decides: ${gate.title}`);
  const about = decidesDocuments(gate.step)
    ? reviewWords(batch)
    : decidesEstimate(gate.step)
      ? estimateWords(batch)
      : null;
  if (about !== null) note(`  ${about}`);
  for (const { name, label, comment } of gate.outcomes) {
    const option = comment === 'required' ? ' --comment "…"' : '';
    note(`  npm run throughline -- gates decide ${gate.id} ${name}${option}   # ${label}`);
  }
}

function estimateWords({ estimate, budgetMicros }: BatchDetail): string | null {
  if (!estimate) return null;
  const { low, expected, high } = estimate.costMicros;
  const cost = `${dollars(expected)} expected, ${dollars(low)} to ${dollars(high)}`;
  return `${estimate.documents} documents: ${cost}; the budget is ${dollars(budgetMicros)}`;
}

function reviewWords({ id, progress }: BatchDetail): string {
  return `${progress.undecided} documents to look at: npm run throughline -- batch show ${id}`;
}

async function patiently<T>(work: () => Promise<T>, show: Display): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof ApiProblem ? error.status >= 500 || error.status === 429 : isNetwork(error);
      if (!isAway || Date.now() > end) throw error;
      show('the server does not answer; waiting for it', 'away');
      await sleep(lookEveryMs * 2);
    }
  }
}

function isNetwork(error: unknown): boolean {
  return error instanceof Error && (error.message === 'fetch failed' || error.name === 'TimeoutError');
}

/** Shows a line of a stage; null ends the line that is being written over. */
type Display = (line: string | null, stage?: string) => void;

function createDisplay(): Display {
  let last = '';
  if (process.stderr.isTTY) {
    let isOpen = false;
    return (line) => {
      if (line === null ? !isOpen : line === last) return;
      // A line that wraps cannot be written over.
      process.stderr.write(line === null ? '\n' : `\r\x1b[2K${printable(line).slice(0, process.stderr.columns - 1)}`);
      isOpen = line !== null;
      last = line ?? last;
    };
  }
  let lastStage = '';
  let writtenAt = 0;
  return (line, stage = '') => {
    if (line === null || line === last) return;
    if (stage === lastStage && Date.now() - writtenAt < lineEveryMs) return;
    note(line);
    [last, lastStage, writtenAt] = [line, stage, Date.now()];
  };
}
