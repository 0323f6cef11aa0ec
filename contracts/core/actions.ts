import type { ActionName } from './machine.ts';
import type { QueueName } from './queues.ts';

/** How the workflow runs one action: its queue and time limits, all in milliseconds. Temporal retries without limit. */
export type ActionOptions = { queue: QueueName; startToCloseMs: number; heartbeatMs?: number };

const seconds = 1_000;
const minutes = 60 * seconds;
/** Without a heartbeat for this long the worker counts as dead and the next attempt begins; calls beat every 2 s. */
const deadAfter = 10 * seconds;

/** One activity call reads and writes a few rows. */
const databaseWork: ActionOptions = { queue: 'core', startToCloseMs: 15 * seconds };
/** One HTTP call of at most 30 s with its ledger rows. */
const providerCall: ActionOptions = { queue: 'crm', startToCloseMs: 45 * seconds, heartbeatMs: deadAfter };
/** Processes a chunk of documents, at most this long. */
const chunk = { startToCloseMs: 30 * minutes, heartbeatMs: deadAfter };

/** Where each action runs and how long one attempt may take. */
export const actionOptions: Record<ActionName, ActionOptions> = {
  sendMessage: { queue: 'email', startToCloseMs: 60 * seconds, heartbeatMs: deadAfter },
  askModel: { queue: 'llm', startToCloseMs: 120 * seconds, heartbeatMs: deadAfter },
  upsertCrm: providerCall,
  addCrmNote: providerCall,
  updateContact: databaseWork,
  checkEligibility: databaseWork,
  takeSeat: databaseWork,
  confirmSeat: databaseWork,
  releaseSeat: databaseWork,
  quoteRefund: databaseWork,
  createCheckout: providerCall,
  expireCheckout: providerCall,
  refundPayment: providerCall,
  importRows: { queue: 'core', ...chunk },
  estimateBatch: { queue: 'core', ...chunk },
  generateChunk: { queue: 'llm', ...chunk },
  renderChunk: { queue: 'render', ...chunk },
  deliverBatch: { queue: 'render', ...chunk },
};
