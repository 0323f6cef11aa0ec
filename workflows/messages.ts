import { defineSignal } from '@temporalio/workflow';
import { WAKE_SIGNAL } from '../contracts/core/recorded-names.ts';

/** Wakes a run's loop; what has happened is in its mailbox. */
export const wakeSignal = defineSignal(WAKE_SIGNAL);
