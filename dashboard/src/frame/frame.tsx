import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { lazy, useState } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { useLive } from '../live/use-live.ts';
import { useKeys } from '../ui/keys/keys.tsx';
import { Late } from '../ui/late.tsx';
import { Banner } from './banner.tsx';
import { BottomBar } from './bottom-bar.tsx';
import classes from './frame.module.css';
import { admin, places } from './nav.ts';
import { openPalette } from './palette-store.ts';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The page needs the width: the rail shows its icons only. */
    hasNarrowRail?: boolean;
  }
}

const KeysHelp = lazy(async () => ({ default: (await fetchCode(() => import('./keys-help.tsx'))).KeysHelp }));

/**
 * The frame around every page: rail, banner, bar at the bottom, palette, keys; and the stream that keeps pages up to date.
 */
export function Frame() {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isNarrow = useMatches().some(({ staticData }) => staticData.hasNarrowRail === true);
  useLive();
  useKeys([
    { keys: 'mod+k', label: t`Search or jump to…`, run: openPalette },
    { keys: '?', label: t`Show these keys`, run: () => setHelpOpen(true) },
    ...[...places, admin].map(({ to, label, key }) => ({
      keys: `g ${key}`,
      label: t`Go to ${i18n._(label)}`,
      run: () => void navigate({ to }),
    })),
  ]);
  return (
    <>
      <a className={classes.skip} href="#main">
        <Trans>To the content</Trans>
      </a>
      <div className={`${classes.app} ${isNarrow ? classes.narrow : ''}`}>
        <Rail onHelp={() => setHelpOpen(true)} />
        <div className={classes.main}>
          <Banner />
          <Outlet />
          <BottomBar onHelp={() => setHelpOpen(true)} />
        </div>
      </div>
      <Palette />
      {isHelpOpen && (
        <Late>
          <KeysHelp onClose={() => setHelpOpen(false)} />
        </Late>
      )}
    </>
  );
}
