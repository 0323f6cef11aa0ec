import { lazy, Suspense } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { usePaletteRequests } from './palette-store.ts';

const PaletteDialog = lazy(async () => ({
  default: (await fetchCode(() => import('./palette-dialog.tsx'))).PaletteDialog,
}));

/** The palette; its code is fetched when it is first opened. */
export function Palette() {
  const requests = usePaletteRequests();
  if (requests === 0) return null;
  return (
    <Suspense>
      <PaletteDialog request={requests} />
    </Suspense>
  );
}
