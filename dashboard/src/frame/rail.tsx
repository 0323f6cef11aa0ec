import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { incidentCountsQuery } from '../api/incidents.ts';
import { useSession } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/keys/kbd.tsx';
import { Late } from '../ui/late.tsx';
import { Count } from '../ui/numbers.tsx';
import classes from './frame.module.css';
import { admin, type Place, places } from './nav.ts';
import { useGatesWaiting } from './use-gates-waiting.ts';

// Menus come after the first look: they are a fifth of what the frame weighs.
const PersonMenu = lazy(async () => ({ default: (await fetchCode(() => import('./person-menu.tsx'))).PersonMenu }));
const WorkspaceSwitcher = lazy(async () => ({
  default: (await fetchCode(() => import('./workspace-switcher.tsx'))).WorkspaceSwitcher,
}));

/** The places at the left. Those that a person may not read are not there. */
export function Rail({ onHelp }: { onHelp: () => void }) {
  const { t } = useLingui();
  const rights = useSession()?.permissions ?? [];
  return (
    <nav className={classes.rail} aria-label={t`Main`}>
      <Late instead={<div className={classes.workspace} />}>
        <WorkspaceSwitcher />
      </Late>
      {places
        .filter(({ right }) => rights.includes(right))
        .map((place) => (
          <RailPlace key={place.to} place={place} />
        ))}
      <span className={classes.gap} />
      {rights.includes(admin.right) && <RailPlace place={admin} />}
      <button type="button" className={`plain ${classes.place}`} onClick={onHelp} aria-label={t`Keys and help`}>
        <Icon name="help" />
        <span className={classes.label}>
          <Trans>Keys and help</Trans>
        </span>
        <span className={`${classes.label} ${classes.end}`}>
          <Kbd keys="?" />
        </span>
      </button>
      <Late>
        <PersonMenu />
      </Late>
    </nav>
  );
}

function RailPlace({ place }: { place: Place }) {
  const { i18n } = useLingui();
  return (
    <Link
      to={place.to}
      className={classes.place}
      activeOptions={{ exact: place.to === '/' }}
      activeProps={{ 'aria-current': 'page' }}
      title={i18n._(place.label)}
    >
      <Icon name={place.icon} />
      <span className={classes.label}>{i18n._(place.label)}</span>
      {place.to === '/inbox' && <Waiting />}
      {place.to === '/incidents' && <Broken />}
    </Link>
  );
}

/** How many incidents are open. */
function Broken() {
  const { t } = useLingui();
  const count = useQuery(incidentCountsQuery).data?.open ?? 0;
  if (count === 0) return null;
  return (
    <span className={`${classes.badge} ${classes.broken} num`}>
      <Count value={count} />
      <span className="hidden">{t`incidents are open`}</span>
    </span>
  );
}

/** How many decisions wait for the person. */
export function Waiting() {
  const { t } = useLingui();
  const waiting = useGatesWaiting();
  if (waiting === 0) return null;
  return (
    <span className={`${classes.badge} num`}>
      <Count value={waiting} />
      <span className="hidden">{t`decisions wait for you`}</span>
    </span>
  );
}
