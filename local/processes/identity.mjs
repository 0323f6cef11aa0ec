// Tells a process from a later one with the same id. Plain JavaScript, as the launcher uses it before anything is built.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process was born, as text that differs for a later process with the same id; null when there is none. A process that
 * is dead and only waits to be reaped counts as gone.
 */
export function birthOf(pid) {
  if (process.platform !== 'linux') return birthByPs(pid);
  try {
    // Behind the name in brackets, which may hold spaces: the state first, the time of birth as the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether the process written down still runs, and is not another one that got its id. */
export function isSameProcess(written) {
  return birthOf(written.pid) === written.birth;
}

function birthByPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = stdout?.trim() ?? '';
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}
