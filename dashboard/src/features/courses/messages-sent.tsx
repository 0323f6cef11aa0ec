import { Plural, Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { CourseMessage } from '../../../../contracts/courses/course-messages-api.schema.ts';
import { courseMessagesQuery } from '../../api/course-messages.ts';
import { Time } from '../../ui/time.tsx';
import classes from './courses.module.css';

/** The newest messages to learners, each with what became of its mails; nothing while there is none. */
export function MessagesSent({ course, run }: { course: string; run: string }) {
  const { data } = useInfiniteQuery(courseMessagesQuery({ slug: course, runSlug: run }));
  const messages = data?.pages[0]?.items ?? [];
  if (messages.length === 0) return null;
  return (
    <section className={classes.messages} aria-labelledby="messages">
      <h2 id="messages" className={`${classes.label} caption`}>
        <Trans>Messages to learners</Trans>
      </h2>
      <ul>
        {messages.map((message) => (
          <li key={message.id} className={classes.message}>
            <span className="medium cut" title={message.words}>
              {message.subject}
            </span>
            <span className="text2">
              {message.by !== null && `${message.by}, `}
              <Time at={message.sentAt} />
            </span>
            <span className="num">
              <Progress message={message} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Progress({ message: { recipients, sent, underWay, unknown, notSent } }: { message: CourseMessage }) {
  return (
    <>
      <Trans>
        {sent} of {recipients} sent
      </Trans>
      {underWay > 0 && (
        <>
          , <Plural value={underWay} one="# under way" other="# under way" />
        </>
      )}
      {unknown > 0 && (
        <>
          , <Plural value={unknown} one="# may have arrived" other="# may have arrived" />
        </>
      )}
      {notSent > 0 && (
        <>
          , <Plural value={notSent} one="# not sent" other="# not sent" />
        </>
      )}
    </>
  );
}
