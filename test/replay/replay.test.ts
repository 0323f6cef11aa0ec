import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import '../support/quiet-runtime.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'test/replay/histories');
const names = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string) => historyFromJSON(JSON.parse(readFileSync(join(folder, file), 'utf8')));

// `journey-forced` was recorded by 0.1 with its limit of events lowered to 12, which its input says since: an action is in flight at its end.
// `pool` was recorded by the first code that had pools: its successor waits for the action in flight.
describe('recorded histories', () => {
  it('are there for all four workflows', () => {
    const kinds = new Set(names.map((name) => name.split('-')[0]));
    expect(kinds).toEqual(new Set(['batch', 'enrollment', 'journey', 'pool']));
  });

  it.each(names)('%s replays on the code as it is', async (name) => {
    const { codePath } = await workflowBundle(join(root, '.throughline/cache'));
    await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, read(name))).resolves.toBeUndefined();
  });

  it('do not replay on a loop that does something else first', async () => {
    const { codePath } = await workflowBundle(join(root, '.throughline/cache'));
    const code = readFileSync(codePath, 'utf8');
    const changed = code.replaceAll('advanceRun', 'anotherTurn');
    expect(changed).not.toBe(code);
    const [journey = ''] = names.filter((name) => name.startsWith('journey'));
    await expect(Worker.runReplayHistory({ workflowBundle: { code: changed } }, read(journey))).rejects.toThrow(
      /nondeterminism|determinism/i,
    );
  });
});
