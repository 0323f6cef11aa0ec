import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc/<pid>/stat in a second, on every Linux there is. */
const ticksPerSecond = 100;

/** Processor time that a process and all below it have used since they began, in milliseconds. Linux only. */
export function cpuMsOf(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + (statOf(each)?.cpuMs ?? 0), 0);
}

/** The most memory that a process and those below it ever held each, summed, in bytes. */
export function peakBytesOf(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + memoryOf(each, 'VmHWM'), 0);
}

/** The memory that a process and those below it hold now, in bytes. */
export function residentBytesOf(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + memoryOf(each, 'VmRSS'), 0);
}

/** Processor time that the whole machine has used and had since it began, in milliseconds. Linux only. */
export function machineCpuMs(): { usedMs: number; hadMs: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const fields = line
    .split(/\s+/)
    .slice(1, 9)
    .map((each) => (Number(each) * 1_000) / ticksPerSecond);
  const hadMs = fields.reduce((sum, each) => sum + each, 0);
  // The fourth and fifth are idle, waiting for disks among it.
  return { usedMs: hadMs - (fields[3] ?? 0) - (fields[4] ?? 0), hadMs };
}

function treeOf(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), statOf(Number(name))?.parent ?? 0]),
  );
  const found = [pid];
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child);
  return found;
}

/** Null for a process that has ended. Its ended children count as its own. */
function statOf(pid: number): { parent: number; cpuMs: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { parent: Number(fields[1]), cpuMs: (ticks * 1_000) / ticksPerSecond };
  } catch {
    return null;
  }
}

function memoryOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
