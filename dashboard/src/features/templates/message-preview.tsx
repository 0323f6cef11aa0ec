import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewAddress, previewQuery, testMessage } from '../../api/templates.ts';
import { MailFrame } from '../../entities/mail/mail-frame.tsx';
import { ChoiceChips } from '../../ui/filters.tsx';

/** The mail that the stored message makes for a person, as wide as on a desk or on a phone. */
export function MessagePreview({ slug, version, contact }: { slug: string; version: number; contact: string }) {
  const { t } = useLingui();
  const mail = useQuery(previewQuery(slug, { version, contact }));
  const [width, setWidth] = useState<'600' | '360'>('600');
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
      <MailFrame
        mail={mail}
        address={previewAddress(slug, contact)}
        width={Number(width)}
        sendTest={() => testMessage(slug, contact)}
      />
    </>
  );
}
