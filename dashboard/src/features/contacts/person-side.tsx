import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Contact } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { factOf } from '../../../../domain/approvals/content-words.ts';
import { runsQuery } from '../../api/runs.ts';
import { RunState } from '../../entities/run/run-state.tsx';
import { PersonConsent } from './consent.tsx';
import { Facts } from '../../ui/panel.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './people.module.css';

/** What goes on with a person now, and what is known of them. */
export function PersonSide({ contact }: { contact: Contact }) {
  const { t } = useLingui();
  const { externalId, aliases, email, zone, createdAt, attributes } = contact;
  const { data } = useInfiniteQuery(runsQuery({ contact: externalId, state: 'live' }, 20));
  const runs = data?.pages[0]?.items ?? [];
  const known = Object.keys(attributes).flatMap((name) => {
    const fact = factOf(attributes, name, zone ?? 'UTC');
    return fact ? [{ key: name, name: fact.label, value: fact.text }] : [];
  });
  return (
    <aside className={classes.side} aria-label={t`About this person`}>
      <section>
        <h2 className={`${classes.label} caption`}>
          <Trans>Going on now</Trans>
        </h2>
        {runs.length === 0 ? (
          <p className="small text2">
            <Trans>Nothing.</Trans>
          </p>
        ) : (
          <ul className={classes.live}>
            {runs.map((run) => (
              <li key={run.id} className="fresh">
                <Link to="/runs/$id" params={{ id: run.id }} className="medium">
                  {run.title}
                </Link>
                <span className="small text2">{run.stepTitle}</span>
                <span>
                  <RunState run={run} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2 className={`${classes.label} caption`}>
          <Trans>Mails</Trans>
        </h2>
        {contact.consents.map((consent) => (
          <PersonConsent key={consent.channel} contact={contact} consent={consent} />
        ))}
      </section>
      <section>
        <h2 className={`${classes.label} caption`}>
          <Trans>Known</Trans>
        </h2>
        <Facts
          facts={[
            { key: '$id', name: <Trans>External id</Trans>, value: <code className="mono">{externalId}</code> },
            ...aliases.map((alias) => ({
              key: `$alias ${alias.externalId}`,
              name: <Trans>Also known as</Trans>,
              value: <code className="mono">{alias.externalId}</code>,
            })),
            { key: '$email', name: <Trans>Email</Trans>, value: email },
            { key: '$zone', name: <Trans>Time zone</Trans>, value: zone },
            ...known,
            { key: '$since', name: <Trans>Since</Trans>, value: <Time at={createdAt} /> },
          ]}
        />
      </section>
    </aside>
  );
}
