import { Plural, Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { unknownEventsQuery } from '../../api/journeys.ts';
import { Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './journeys.module.css';

/** The names of events that came in and that no journey knows, with the name that may be meant. */
export function UnknownEvents() {
  const { data } = useQuery(unknownEventsQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <div className={classes.part}>
      <Panel
        title={<Trans>Events that no journey knows</Trans>}
        note={<Trans>They came within 30 days, and start, end and continue nothing</Trans>}
      >
        <ul className={classes.unknown}>
          {data.items.map(({ name, count, lastAt, properties, closest }) => (
            <li key={name}>
              <code className="mono">{name}</code>
              <span className="num">
                <Plural value={count} one="# time" other="# times" />
              </span>
              <span className="text2">
                <Trans>last</Trans> <Time at={lastAt} />
              </span>
              <span className="text2">{properties.join(', ')}</span>
              <span>{closest && <Trans>Did you mean {closest}?</Trans>}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
