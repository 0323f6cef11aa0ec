import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { MessageTemplate } from '../../../../contracts/journeys/templates-api.schema.ts';
import { messageQuery } from '../../api/templates.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { MessageForm } from '../../features/templates/message-form.tsx';
import { MessagePreview } from '../../features/templates/message-preview.tsx';
import { TemplateUses } from '../../features/templates/template-uses.tsx';
import classes from '../../features/templates/templates.module.css';
import { Page } from '../../frame/page.tsx';
import { Loading } from '../../ui/states.tsx';

/** One message as text, and what it makes for a person. */
export function TemplatePage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { slug } = useParams({ from: '/frame/templates/$slug' });
  const { contact = '' } = useSearch({ from: '/frame/templates/$slug' });
  const { data, error, refetch } = useQuery(messageQuery(slug));
  const content = MessageTemplate.safeParse(data?.content).data;
  const choose = (person: string): void =>
    void navigate({
      to: '/templates/$slug',
      params: { slug },
      search: person === '' ? {} : { contact: person },
      replace: true,
    });
  return (
    <Page
      name={slug}
      crumbs={[
        <Link key="templates" to="/templates">
          <Trans>Message templates</Trans>
        </Link>,
      ]}
      chip={data && <span className="text2">v{data.version}</span>}
    >
      {data && content ? (
        <div className={classes.two}>
          <div className={classes.part}>
            <TemplateUses slug={slug} />
            <MessageForm key={slug} slug={slug} version={data.version} content={content} />
          </div>
          <section className={classes.part}>
            <PersonInput
              label={t`External id of a real person`}
              description={t`Leave empty for a made-up one`}
              value={contact}
              onChange={choose}
            />
            <MessagePreview slug={slug} version={data.version} contact={contact.trim()} />
          </section>
        </div>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
