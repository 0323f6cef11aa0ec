import { Plural, Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { templateUsesQuery } from '../../api/templates.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { Panel, PanelBody } from '../../ui/panel.tsx';
import classes from './templates.module.css';

/** Which journeys send a message, in which of its versions, and how many people are in them: whom a mistake in it concerns. */
export function TemplateUses({ slug }: { slug: string }) {
  const maySee = useCan('journeys:read');
  const { data, error, refetch } = useQuery({ ...templateUsesQuery(slug), enabled: maySee });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  return (
    <Panel
      title={<Trans>Where it is used</Trans>}
      end={
        <Link to="/mails" search={{ template: slug }} className="link small">
          <Trans>Who got it</Trans>
        </Link>
      }
    >
      <PanelBody>
        {data.items.length === 0 && (
          <p className="text2">
            <Trans>No journey that people enter or are in sends it.</Trans>
          </p>
        )}
        <ul className={classes.uses}>
          {data.items.map(({ journey, name, version, isLive, people, template, steps }) => (
            <li key={`${journey} ${version} ${template}`}>
              <Link
                to="/journeys/$slug"
                params={{ slug: journey }}
                search={{ version: String(version) }}
                className="link"
              >
                {name} v{version}
              </Link>{' '}
              <Trans>
                sends <TemplateVersion slug={slug} version={template} /> at “{steps.join('”, “')}”
              </Trans>
              <span className="small text2 block">
                {isLive ? (
                  <Trans>People enter this version.</Trans>
                ) : (
                  <Trans>Nobody enters this version any more.</Trans>
                )}{' '}
                <Plural value={people} _0="Nobody is in it." one="# person is in it." other="# people are in it." />
              </span>
            </li>
          ))}
        </ul>
      </PanelBody>
    </Panel>
  );
}

/** Leads to those who got this version. */
function TemplateVersion({ slug, version }: { slug: string; version: number | string }) {
  return (
    <Link to="/mails" search={{ template: `${slug}@${version}` }} className="link">
      v{version}
    </Link>
  );
}
