import type { BatchStage } from '../../../contracts/documents/documents.ts';
import { approveEstimate } from './approve-estimate.ts';
import { deliver } from './deliver.ts';
import { estimate } from './estimate.ts';
import { generate } from './generate.ts';
import { importing } from './import.ts';
import { render } from './render.ts';
import { review } from './review.ts';
import type { StageRecord } from './stage.ts';

/** The stages of a batch in their order. This is the only list of them. */
export const stages: Record<BatchStage, StageRecord> = {
  import: importing,
  estimate,
  'approve-estimate': approveEstimate,
  generate,
  review,
  render,
  deliver,
};

/** Whether documents are decided one by one at a step of a batch. */
export function decidesDocuments(step: string): boolean {
  return (recordOf(step)?.decideLast ?? null) !== null;
}

/** Whether the estimate is decided at a step of a batch. */
export function decidesEstimate(step: string): boolean {
  return recordOf(step)?.showsEstimate ?? false;
}

function recordOf(step: string): StageRecord | null {
  return Object.hasOwn(stages, step) ? stages[step as BatchStage] : null;
}
