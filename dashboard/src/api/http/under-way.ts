const underWayNow = new Map<symbol, string>();
const listeners = new Set<() => void>();

/** Counts work as under way until it ends: a request, or a part of the dashboard's own code that is being fetched. */
export async function countUnderWay<T>(name: string, work: Promise<T>): Promise<T> {
  const key = Symbol(name);
  underWayNow.set(key, name);
  tell();
  try {
    return await work;
  } finally {
    underWayNow.delete(key);
    tell();
  }
}

/** The requests and parts of the code that are under way. */
export function underWay(): string[] {
  return [...underWayNow.values()];
}

/** Calls `listener` whenever something begins or ends. */
export function onUnderWay(listener: () => void): void {
  listeners.add(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
