export { batchWorkflow, enrollmentWorkflow, journeyWorkflow } from './runs.ts';
