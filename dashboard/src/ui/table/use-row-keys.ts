import { useLingui } from '@lingui/react/macro';
import type { RefObject } from 'react';
import { useKeys } from '../keys/keys.tsx';

/**
 * `j` and `k` go from row to row, and begin with the first in sight; `x` chooses the row that has the focus, where rows can be chosen.
 * A row says which it is by `data-index`.
 */
export function useRowKeys(props: {
  list: RefObject<HTMLElement | null>;
  count: number;
  firstInSight: () => number;
  scrollTo: (index: number) => void;
  choose: ((index: number) => void) | null;
}): void {
  const { t } = useLingui();
  const { list, count, firstInSight, scrollTo, choose } = props;
  const focused = (): string | null | undefined =>
    list.current?.querySelector('[role=row]:focus-within')?.getAttribute('data-index');
  const step = (by: 1 | -1): void => {
    const from = focused();
    const at = from ? Number(from) + by : firstInSight();
    const to = Math.min(Math.max(at, 0), count - 1);
    scrollTo(to);
    requestAnimationFrame(() =>
      list.current?.querySelector(`[data-index="${to}"]`)?.querySelector<HTMLElement>('a, button')?.focus(),
    );
  };
  const chooseFocused = (): void => {
    const index = focused();
    if (index) choose?.(Number(index));
  };
  useKeys([
    { keys: 'j', label: t`Next row`, run: () => step(1) },
    { keys: 'k', label: t`Row before`, run: () => step(-1) },
    ...(choose ? [{ keys: 'x', label: t`Choose the row`, run: chooseFocused }] : []),
  ]);
}
