import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { journeyRoutes } from '../../../../contracts/journeys/journeys.routes.ts';
import { journeyQuery, startPerson, versionQuery } from '../../api/journeys.ts';
import { Failed, Refusal } from '../../entities/answer/failed.tsx';
import { JsonField, readJsonObject } from '../../entities/answer/json-field.tsx';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { noteLocalRow } from '../../ui/table/local-rows.ts';
import { useLateNavigate } from '../../ui/use-still-here.ts';
import { inputAsked, missingInput } from './start-input.ts';
import { readDefinition } from './versions/read-definition.ts';

/** Lets one person into a journey by hand, with what the journey reads of the event that would let them in. */
export function StartPerson({ slug, onClose }: { slug: string; onClose: () => void }) {
  const live = useQuery(journeyQuery(slug)).data?.liveVersion ?? 0;
  const version = useQuery({ ...versionQuery(slug, live), enabled: live > 0 });
  const definition = readDefinition(version.data?.definition);
  if (!definition) return version.error ? <Failed error={version.error} /> : null;
  return <StartForm slug={slug} asked={inputAsked(definition)} onClose={onClose} />;
}

/** `asked` are the properties of the entry event that the journey uses. */
function StartForm({ slug, asked, onClose }: { slug: string; asked: readonly string[]; onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useLateNavigate();
  const client = useQueryClient();
  const [contact, setContact] = useState('');
  const [text, setText] = useState(() => JSON.stringify(Object.fromEntries(asked.map((name) => [name, ''])), null, 2));
  const variables = readJsonObject(text);
  const missing = missingInput(asked, variables);
  const once = useRef(crypto.randomUUID());
  const start = useMutation({
    mutationFn: () => startPerson(slug, { contact: contact.trim(), variables: variables ?? {} }, once.current),
    onSuccess: ({ runId }) => {
      noteLocalRow(runId);
      void client.invalidateQueries({ queryKey: [journeyRoutes.list.path] });
      void navigate({ to: '/runs/$id', params: { id: runId } });
    },
    onError: () => (once.current = crypto.randomUUID()),
  });
  return (
    <Dialog onClose={onClose} title={t`Start a person`}>
      <DialogForm onSubmit={() => start.mutate()}>
        <PersonInput
          label={t`External id of the person`}
          description={t`The id in your own system; type a name to find it.`}
          value={contact}
          onChange={setContact}
          isRequired
        />
        {asked.length > 0 && (
          <JsonField
            label={t`Properties of the entry event`}
            description={
              missing.length > 0 ? (
                <Trans>The journey uses these, and they are empty still (null is nothing): {missing.join(', ')}</Trans>
              ) : (
                <Trans>The journey uses these, as it would those of the event</Trans>
              )
            }
            value={text}
            onChange={setText}
          />
        )}
        <Refusal error={start.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={start.isPending}
            disabled={contact.trim() === '' || !variables || missing.length > 0}
          >
            <Trans>Start</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
