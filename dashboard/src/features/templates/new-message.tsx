import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { templateRoutes } from '../../../../contracts/journeys/templates.routes.ts';
import { storeMessage } from '../../api/templates.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { slugOf } from '../../ui/links/slug-of.ts';

/** What a new message says until it is written; it goes through for a person without a first name. */
const firstText = {
  subject: 'Hello {{ contact.firstName | default: "there" }}',
  markdown: 'Hello {{ contact.firstName | default: "there" }},\n\nwrite here what you want to say.\n',
};

/** Makes a message with a first text, and leads to it. */
export function NewMessage({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const slug = slugOf(title);
  const make = useMutation({
    mutationFn: () => storeMessage(slug, firstText, 0),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [templateRoutes.list.path] });
      onClose();
      void navigate({ to: '/templates/$slug', params: { slug } });
    },
  });
  return (
    <Dialog onClose={onClose} title={t`New message template`}>
      <DialogForm onSubmit={() => make.mutate()}>
        <TextInput
          label={t`Name`}
          description={
            slug === '' ? t`Journeys name it by this; it stays` : t`Journeys name it ${slug}@production; it stays`
          }
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={64}
          data-autofocus
        />
        <Refusal error={make.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={make.isPending} disabled={slug === ''}>
            <Trans>Make the template</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
