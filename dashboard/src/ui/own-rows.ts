const own = new Set<string>();

/** Notes that somebody has made this row here themselves: they look for it, so it does not wait behind a pill. */
export function noteOwnRow(key: string): void {
  own.add(key);
}

/** Whether a row was made in this tab. */
export function isOwnRow(key: string): boolean {
  return own.has(key);
}
