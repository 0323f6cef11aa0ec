import { defineSignal } from '@temporalio/workflow';
import { RING } from '../contracts/core/engine.ts';

/** Wakes a run's loop; what there is to hear stands in its inbox. */
export const ringSignal = defineSignal(RING);
