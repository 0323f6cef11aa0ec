import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { lazy } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { useSession } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import { Late } from '../ui/late.tsx';
import classes from './frame.module.css';
import { admin, places } from './nav.ts';
import { Waiting } from './rail.tsx';

const MoreMenu = lazy(async () => ({ default: (await fetchCode(() => import('./more-menu.tsx'))).MoreMenu }));

/** The places on a phone: the four that are needed most, and the rest behind "More". */
export function BottomBar({ onHelp }: { onHelp: () => void }) {
  const { t, i18n } = useLingui();
  const rights = useSession()?.permissions ?? [];
  const allowed = [...places, admin].filter(({ right }) => rights.includes(right));
  return (
    <nav className={classes.bottom} aria-label={t`Main, at the bottom`}>
      {allowed
        .filter(({ onPhone }) => onPhone)
        .map(({ to, icon, label }) => (
          <Link
            key={to}
            to={to}
            className={classes.tab}
            activeOptions={{ exact: to === '/' }}
            activeProps={{ 'aria-current': 'page' }}
          >
            <Icon name={icon} size={18} />
            {i18n._(label)}
            {to === '/inbox' && <Waiting />}
          </Link>
        ))}
      <Late instead={<span className={classes.tab} />}>
        <MoreMenu onHelp={onHelp} />
      </Late>
    </nav>
  );
}
