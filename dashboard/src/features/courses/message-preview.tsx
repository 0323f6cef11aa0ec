import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { Recipients } from '../../../../contracts/courses/course-messages-api.schema.ts';
import classes from './courses.module.css';

/** Whom a message goes to, and how it reads. */
export function MessagePreview(props: { recipients: Recipients | undefined; subject: string; words: string }) {
  const { t } = useLingui();
  const { recipients, subject, words } = props;
  return (
    <>
      {recipients && (
        <p className="text2 wrap">
          <Plural value={recipients.count} one="To # learner:" other="To # learners:" /> {recipients.first.join(', ')}
          {recipients.count > recipients.first.length && (
            <>
              {' '}
              <Plural value={recipients.count - recipients.first.length} one="and # more" other="and # more" />
            </>
          )}
          .{' '}
          {recipients.withoutAddress > 0 && (
            <Plural
              value={recipients.withoutAddress}
              one="# of them has no address and gets nothing."
              other="# of them have no address and get nothing."
            />
          )}
        </p>
      )}
      <article className={classes.letter} aria-label={t`How it reads`}>
        <p className="medium">{subject}</p>
        <p className={classes.words}>{words}</p>
        <p className="text3">
          <Trans>A link to the learner’s own page follows.</Trans>
        </p>
      </article>
    </>
  );
}
