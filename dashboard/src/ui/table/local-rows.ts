const own = new Set<string>();

/** Notes that the user has made this row in this tab: they look for it, so it does not wait behind a pill. */
export function noteLocalRow(key: string): void {
  own.add(key);
}

/** Whether a row was made in this tab. */
export function isLocalRow(key: string): boolean {
  return own.has(key);
}
