import { builtFolder, workflowBundle } from './workflow-bundle.ts';

// The build runs this on what it has emitted, so that a worker's start has nothing to bundle.
await workflowBundle(builtFolder);
