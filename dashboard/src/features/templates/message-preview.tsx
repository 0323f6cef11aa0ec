import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewAddress, previewQuery, testMessage } from '../../api/templates.ts';
import { Failed, Refusal } from '../../entities/answer/failed.tsx';
import { SendTest } from '../../entities/mail/send-test.tsx';
import { ApiProblem } from '../../api/http/problem.ts';
import { ChoiceChips } from '../../ui/filters.tsx';
import { Loading } from '../../ui/states.tsx';
import classes from './templates.module.css';

/** The mail that the stored message makes for a person, as wide as on a desk or on a phone. */
export function MessagePreview({ slug, version, contact }: { slug: string; version: number; contact: string }) {
  const { t } = useLingui();
  const [width, setWidth] = useState<'600' | '360'>('600');
  const { error, isPending, refetch } = useQuery(previewQuery(slug, { version, contact }));
  if (error instanceof ApiProblem && error.problem.status === 422) return <Refusal error={error} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  return (
    <>
      <ChoiceChips
        label={t`Width of the preview`}
        choices={[
          { value: '600', label: t`600 px, a desk` },
          { value: '360', label: t`360 px, a phone` },
        ]}
        value={width}
        onChange={setWidth}
      />
      <iframe
        key={`${version} ${contact}`}
        className={`${classes.frame} ${width === '360' ? classes.phone : ''}`}
        sandbox=""
        src={previewAddress(slug, contact)}
        title={t`The mail as its reader sees it`}
        onMouseLeave={(event) => event.currentTarget.blur()}
      />
      <SendTest send={() => testMessage(slug, contact)} />
    </>
  );
}
