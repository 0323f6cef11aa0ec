export { batchWorkflow } from './batch.workflow.ts';
export { enrollmentWorkflow } from './enrollment.workflow.ts';
export { journeyWorkflow } from './journey.workflow.ts';
