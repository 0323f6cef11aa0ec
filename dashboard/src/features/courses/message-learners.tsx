import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { courseMessageRoutes } from '../../../../contracts/courses/course-messages.routes.ts';
import { Audience } from '../../../../contracts/courses/course-messages-api.schema.ts';
import { addressOf } from '../../../../contracts/http/route.ts';
import { recipientsQuery, sendCourseMessage } from '../../api/course-messages.ts';
import { hasCode } from '../../api/http/problem.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { MessagePreview } from './message-preview.tsx';

/** Writes a mail to learners of a course run: first the words, then whom they go to and how they read, then it is sent. */
export function MessageLearners({ course, run, onClose }: { course: string; run: string; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const place = { slug: course, runSlug: run };
  const [audience, setAudience] = useState<Audience>('active');
  const [subject, setSubject] = useState('');
  const [words, setWords] = useState('');
  const [isRead, setRead] = useState(false);
  const { data: recipients } = useQuery(recipientsQuery(place, audience));
  const count = recipients?.count ?? 0;
  // Another one alone where nothing was sent for certain: without an answer the message may have been.
  const once = useRef(crypto.randomUUID());
  const send = useMutation({
    mutationFn: () =>
      sendCourseMessage(
        place,
        { audience, subject: subject.trim(), words: words.trim(), recipients: count },
        once.current,
      ),
    onSuccess: () => {
      onClose();
      notifyDone(<Trans>The mails are on their way; the page shows how far they are.</Trans>);
    },
    onError: (error) => {
      if (hasCode(error, 'courseMessage.recipientsChanged')) once.current = crypto.randomUUID();
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [addressOf(courseMessageRoutes.list, place)] }),
        client.invalidateQueries({ queryKey: [addressOf(courseMessageRoutes.recipients, place)] }),
      ]),
  });
  const isWritten = subject.trim() !== '' && words.trim() !== '';
  const audiences: Record<Audience, string> = {
    active: t`Who are learning`,
    open: t`Everyone under way`,
    awaitingPayment: t`Whose seat is held`,
    offered: t`Who are offered a seat`,
    waitlisted: t`Who wait in the queue`,
  };
  return (
    <Dialog onClose={onClose} title={t`Message learners`} isWide>
      <DialogForm onSubmit={() => (isRead ? send.mutate() : setRead(true))}>
        {isRead ? (
          <MessagePreview recipients={recipients} subject={subject.trim()} words={words.trim()} />
        ) : (
          <>
            <NativeSelect
              label={t`To`}
              value={audience}
              onChange={(event) => setAudience(Audience.parse(event.currentTarget.value))}
              data={Audience.options.map((value) => ({ value, label: audiences[value] }))}
            />
            <p className="small text2" role="status">
              {recipients && <Plural value={count} one="# learner" other="# learners" />}
            </p>
            <TextInput
              label={t`Subject`}
              value={subject}
              onChange={(event) => setSubject(event.currentTarget.value)}
              maxLength={200}
              required
              data-autofocus
            />
            <Textarea
              label={t`Words`}
              description={t`Plain text, sent as it is. It goes also to who has unsubscribed: write about the course alone.`}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
              maxLength={10_000}
              autosize
              minRows={5}
              maxRows={14}
              required
            />
          </>
        )}
        <Refusal error={send.error} />
        <DialogButtons onClose={onClose}>
          {isRead && (
            <Button onClick={() => setRead(false)}>
              <Trans>Change it</Trans>
            </Button>
          )}
          <Button type="submit" variant="filled" loading={send.isPending} disabled={!isWritten || count === 0}>
            {isRead ? (
              <Plural value={count} one="Send to # learner" other="Send to # learners" />
            ) : (
              <Trans>Read it before</Trans>
            )}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
