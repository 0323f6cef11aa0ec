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

/**
 * A message as text; saving stores its next version, and journeys that are published go on with the one they were published with.
 * What is typed stays when another person saves meanwhile: they then choose whose goes on.
 */
export function MessageForm(props: { slug: string; version: number; content: MessageTemplate }) {
  const { slug, version, content } = props;
  const { t } = useLingui();
  const client = useQueryClient();
  const mayWrite = useCan('templates:write');
  // The version that the text rests on.
  const [base, setBase] = useState({ version, content });
  const [{ subject, markdown }, setDraft] = useState(content);
  const isChanged = subject !== base.content.subject || markdown !== base.content.markdown;
  const isBehind = version > base.version;
  const takeNewest = (): void => {
    setBase({ version, content });
    setDraft(content);
  };
  if (isBehind && !isChanged) takeNewest();
  const save = useMutation({
    mutationFn: () => storeMessage(slug, { subject, markdown }, base.version),
    onSuccess(stored) {
      notifyDone(<Trans>Saved as v{stored.version}</Trans>);
      setBase({ version: stored.version, content: { subject, markdown } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: messageQuery(slug).queryKey }),
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
      {isBehind && isChanged ? (
        <div role="alert" className={classes.behind}>
          <p>
            <Trans>Another person saved v{version} meanwhile. What you have typed is still here.</Trans>
          </p>
          <Button onClick={takeNewest}>
            <Trans>Take v{version}, drop mine</Trans>
          </Button>
          <Button onClick={() => setBase({ version, content })}>
            <Trans>Go on with mine</Trans>
          </Button>
        </div>
      ) : (
        <Refusal error={save.error} />
      )}
      {mayWrite && (
        <div>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={!isChanged || isBehind}>
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
