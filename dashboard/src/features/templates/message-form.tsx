import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MessageTemplate } from '../../../../contracts/journeys/templates-api.schema.ts';
import { messageQuery, storeMessage } from '../../api/templates.ts';
import { useCan } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import classes from './templates.module.css';

/** A message as text; saving stores its next version, and journeys that are published go on with the one they were published with. */
export function MessageForm({ slug, content }: { slug: string; content: MessageTemplate }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const mayWrite = useCan('templates:write');
  const [{ subject, markdown }, setDraft] = useState(content);
  const isChanged = subject !== content.subject || markdown !== content.markdown;
  const save = useMutation({
    mutationFn: () => storeMessage(slug, { subject, markdown }),
    onSuccess({ version }) {
      notifyDone(<Trans>Saved as v{version}</Trans>);
      return client.invalidateQueries({ queryKey: messageQuery(slug).queryKey });
    },
  });
  return (
    <form
      className={classes.part}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput
        label={t`Subject`}
        value={subject}
        onChange={(event) => setDraft({ subject: event.currentTarget.value, markdown })}
        readOnly={!mayWrite}
        maxLength={500}
      />
      <Textarea
        label={t`Text`}
        description={t`Markdown, with what differs from person to person in double braces`}
        classNames={{ input: 'mono' }}
        value={markdown}
        onChange={(event) => setDraft({ subject, markdown: event.currentTarget.value })}
        readOnly={!mayWrite}
        autosize
        minRows={12}
        maxRows={30}
      />
      <Refusal error={save.error} />
      {mayWrite && (
        <div>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={!isChanged}>
            <Trans>Save as the next version</Trans>
          </Button>
          <p className="small text2">
            <Trans>Published journeys keep the version that they were published with.</Trans>
          </p>
        </div>
      )}
    </form>
  );
}
