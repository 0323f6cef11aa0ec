import { useCallback, useMemo, useState } from 'react';
import { isLocalRow } from './local-rows.ts';

/**
 * Keeps the rows of a list in their place while it changes: known rows are shown as they are now, new ones at the top wait
 * until `showFresh`, or until one comes that was made in this tab. `scope` names the list's filters: another scope starts
 * over.
 */
export function usePinnedRows<T>(rows: readonly T[], keyOf: (row: T) => string, scope: string) {
  const [seen, setSeen] = useState<{ scope: string; first: string | null }>({ scope, first: null });
  const first = seen.scope === scope ? seen.first : null;
  const start = first === null ? 0 : rows.findIndex((row) => keyOf(row) === first);
  // The row that was at the top has left the list: which rows are new is no longer known.
  const isLookedFor = rows.slice(0, Math.max(0, start)).some((row) => isLocalRow(keyOf(row)));
  const freshCount = isLookedFor ? 0 : Math.max(0, start);
  const top = rows[0];
  if (top !== undefined && (seen.scope !== scope || seen.first === null || start < 0 || isLookedFor))
    setSeen({ scope, first: keyOf(top) });
  const shown = useMemo(() => rows.slice(freshCount), [rows, freshCount]);
  const topKey = top === undefined ? null : keyOf(top);
  const showFresh = useCallback(() => setSeen({ scope, first: topKey }), [scope, topKey]);
  return { shown, freshCount, showFresh };
}
