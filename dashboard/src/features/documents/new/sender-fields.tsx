import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea, TextInput } from '@mantine/core';
import classes from '../batches.module.css';
import { type SenderField, senderFaults, senderField, withSenderField } from './sender.ts';

/** Who sends the documents; `brand` is JSON, of which no one here needs to know. */
export function SenderFields({ brand, onChange }: { brand: string; onChange: (brand: string) => void }) {
  const { t } = useLingui();
  const faults = senderFaults(brand);
  const of = (field: SenderField, fault: string) => ({
    value: senderField(brand, field),
    error: faults.has(field) ? fault : null,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(withSenderField(brand, field, event.currentTarget.value)),
  });
  const colour = t`Six digits after a #, such as #1f3a5f`;
  return (
    <>
      <div className={classes.pair}>
        <TextInput label={t`Name of the sender`} maxLength={120} {...of('name', t`At most 120 characters`)} />
        <TextInput label={t`Phone`} maxLength={40} {...of('phone', t`At most 40 characters`)} />
        <TextInput label={t`Email`} {...of('email', t`An address such as hello@example.com`)} />
        <TextInput label={t`Website`} {...of('website', t`An address such as https://example.com`)} />
      </div>
      <Textarea
        label={t`Address`}
        description={t`As it stands on an envelope, up to six lines`}
        autosize
        minRows={2}
        maxRows={6}
        {...of('addressLines', t`At most six lines of 120 characters`)}
      />
      <details className={classes.more}>
        <summary className="small">
          <Trans>Looks and voice</Trans>
        </summary>
        <div className={classes.pair}>
          <TextInput
            label={t`Words of the logo`}
            description={t`The name where this is empty`}
            {...of('logoText', t`At most 60 characters`)}
          />
          <TextInput label={t`Footer`} {...of('footer', t`At most 300 characters`)} />
          <TextInput label={t`Colour`} placeholder="#1f3a5f" {...of('colour', colour)} />
          <TextInput label={t`Second colour`} placeholder="#b4572f" {...of('accent', colour)} />
        </div>
        <Textarea
          label={t`Voice`}
          description={t`How the sender speaks; the model reads it`}
          autosize
          minRows={2}
          maxRows={8}
          {...of('voice', t`At most 4,000 characters`)}
        />
      </details>
    </>
  );
}
