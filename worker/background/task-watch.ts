import { keepIncidentEverywhere } from '../../platform/db/runs/incidents.ts';
import { lateTasks, notePasses } from '../../platform/db/runs/watermarks.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Task } from './background.ts';

/** The incident's kind. */
const kind = 'task.late';
/** A task that came through nowhere for so long is late: the longest pass there may be, and then one more try. */
const lateMinutes = 20;

/**
 * Watches over `names`, the tasks of the installation: `passed` is called for each pass in this process, and `task` notes them in Postgres, where
 * a task counts as alive while it comes through in any process. One that does nowhere is an incident in every workspace, which ends once it
 * does again. A process reports after it has tried for as long itself. `db` is the system role's.
 */
export function createTaskWatch(db: Db, names: readonly string[]): { passed(task: string): void; task: Task } {
  const came = new Set<string>();
  const since = performance.now();
  return {
    passed: (task) => came.add(task),
    task: {
      name: 'task-watch',
      everyMs: 60_000,
      async run() {
        const passed = [...came];
        came.clear();
        await notePasses(db, passed);
        if (performance.now() - since >= lateMinutes * 60_000) await reportLate(db, names);
      },
    },
  };
}

/** Keeps one incident in each workspace while any of `names` is late. */
export async function reportLate(db: Db, names: readonly string[]): Promise<void> {
  const tasks = await lateTasks(db, names, lateMinutes);
  const message = `Background work stands still: ${tasks.join(', ')}. It has come through in no worker for ${lateMinutes} minutes. Look at what the workers log of it.`;
  await keepIncidentEverywhere(
    db,
    kind,
    tasks.length === 0 ? null : { message, detail: { tasks }, size: tasks.length },
  );
}
