import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { mailsFile, mailsQuery } from '../../api/runs.ts';
import { List } from '../../entities/answer/list.tsx';
import { useMailColumns } from '../../features/contacts/mail-columns.tsx';
import { Page } from '../../frame/page.tsx';
import { FilterLine } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/states.tsx';

const dayMs = 86_400_000;

/** Who got a mail: that of a template, or of a step of a journey; whom a mistake in it concerns. */
export function MailsPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/mails' });
  const { template, journey, step, version, days, show = 'sent' } = search;
  // Rounded to the hour, so that the same list keeps its key.
  const after = useMemo(
    () => days && new Date(Math.floor((Date.now() - Number(days) * dayMs) / 3_600_000) * 3_600_000).toISOString(),
    [days],
  );
  const query = { template, journey, step, version, show, after };
  const columns = useMailColumns();
  const narrow = (change: { days?: string; show?: string }): void => {
    const { days: _, show: __, ...what } = search;
    const { days: since = days ?? '', show: which = show } = change;
    const chosen = { ...(since === '' ? {} : { days: since }), ...(which === 'sent' ? {} : { show: which }) };
    void navigate({ to: '/mails', search: { ...what, ...chosen }, replace: true });
  };
  const isNamed = template !== undefined || (journey !== undefined && step !== undefined);
  const name = t`Who got it`;
  if (!isNamed)
    return (
      <Page name={name}>
        <Empty
          title={<Trans>Which mail?</Trans>}
          actions={
            <Link to="/templates" className="link">
              <Trans>Message templates</Trans>
            </Link>
          }
        >
          <Trans>Come here from a message template, or from a step of a journey that sends a mail.</Trans>
        </Empty>
      </Page>
    );
  const of = template ?? [journey, step, version && `v${version}`].filter(Boolean).join(' · ');
  return (
    <Page
      name={name}
      title={
        <>
          {name} <span className="text2">{of}</span>
        </>
      }
      crumbs={[<Whence key="whence" template={template} journey={journey} />]}
      actions={
        <Button component="a" href={mailsFile(query)} download leftSection={<Icon name="down" size={14} />}>
          <Trans>Download as CSV</Trans>
        </Button>
      }
    >
      <FilterLine>
        <NativeSelect
          size="xs"
          aria-label={t`When`}
          value={days ?? ''}
          onChange={({ currentTarget }) => narrow({ days: currentTarget.value })}
          data={[
            { value: '', label: t`At any time` },
            { value: '1', label: t`In the last day` },
            { value: '7', label: t`In the last 7 days` },
            { value: '30', label: t`In the last 30 days` },
          ]}
        />
        <NativeSelect
          size="xs"
          aria-label={t`Which of them`}
          value={show}
          onChange={({ currentTarget }) => narrow({ show: currentTarget.value })}
          data={[
            { value: 'sent', label: t`Those that left` },
            { value: 'all', label: t`Those that were held back or refused too` },
          ]}
        />
      </FilterLine>
      <List
        label={name}
        query={mailsQuery(query)}
        keyOf={({ effectId }) => effectId}
        columns={columns}
        empty={<Empty title={<Trans>Nobody got this mail</Trans>} />}
      />
    </Page>
  );
}

function Whence({ template, journey }: { template: string | undefined; journey: string | undefined }) {
  const [slug = ''] = (template ?? '').split('@');
  return journey === undefined ? (
    <Link to="/templates/$slug" params={{ slug }}>
      {slug}
    </Link>
  ) : (
    <Link to="/journeys/$slug" params={{ slug: journey }}>
      {journey}
    </Link>
  );
}
