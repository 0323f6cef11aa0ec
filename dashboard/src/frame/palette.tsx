import { lazy } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { Late } from '../ui/late.tsx';
import { usePaletteRequests } from './palette-store.ts';

const PaletteDialog = lazy(async () => ({
  default: (await fetchCode(() => import('./palette-dialog.tsx'))).PaletteDialog,
}));

/** The palette; its code is fetched when it is first opened. */
export function Palette() {
  const requests = usePaletteRequests();
  if (requests === 0) return null;
  return (
    <Late>
      <PaletteDialog request={requests} />
    </Late>
  );
}
