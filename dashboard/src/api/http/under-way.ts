let count = 0;
const listeners = new Set<() => void>();

/** Counts work as under way until it ends: a request, or a part of the dashboard's own code that is being fetched. */
export async function countUnderWay<T>(work: Promise<T>): Promise<T> {
  change(1);
  try {
    return await work;
  } finally {
    change(-1);
  }
}

/** How many requests and parts of the code are under way. */
export function underWay(): number {
  return count;
}

/** Calls `listener` whenever something begins or ends. */
export function onUnderWay(listener: () => void): void {
  listeners.add(listener);
}

function change(by: 1 | -1): void {
  count += by;
  for (const listener of listeners) listener();
}
