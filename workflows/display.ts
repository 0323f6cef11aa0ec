import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { AdvanceAnswer } from '../contracts/core/engine.ts';
import { searchAttributes } from '../contracts/core/search-attributes.ts';

const statusKey = defineSearchAttributeKey(searchAttributes.status, 'KEYWORD');
const stepKey = defineSearchAttributeKey(searchAttributes.step, 'KEYWORD');

/**
 * Shows in Temporal's own UI where the run stands, at a wait and at the end. Setting a search attribute is a command that replay
 * compares, so only the recorded answer decides: what has changed is set where the answer says that the cluster knows the attributes.
 */
export function show({ display }: AdvanceAnswer): void {
  if (!display) return;
  setCurrentDetails(display.details);
  if (!display.isIndexed) return;
  const { typedSearchAttributes: known } = workflowInfo();
  const changed = [
    { key: statusKey, value: display.status },
    { key: stepKey, value: display.step },
  ].filter(({ key, value }) => (known.get(key) ?? null) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}
