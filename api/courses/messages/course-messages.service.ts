import { Injectable } from '@nestjs/common';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import {
  Audience,
  type CourseMessage,
  type CourseMessageInput,
  type Recipients,
  type RecipientsQuery,
} from '../../../contracts/courses/course-messages-api.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import {
  type CourseMessageRow,
  listCourseMessages,
  recipientsOf,
  sendCourseMessage,
} from '../../../platform/db/courses/course-messages.ts';
import { findCourseRun } from '../../../platform/db/courses/courses.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { newId } from '../../../platform/ids.ts';
import { conflict, notFound } from '../../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import { auditActor, type Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** A course run by its slugs. */
type Place = { slug: string; runSlug: string };

/** Messages to the learners of a course run: each run sends its own mail, and the ledger says what became of it. */
@Injectable()
export class CourseMessagesService {
  constructor(private readonly store: Store) {}

  recipients(caller: Principal, place: Place, { audience }: RecipientsQuery): Promise<Recipients> {
    return this.store.inWorkspace(caller, async (tx) =>
      recipientsOf(tx, await courseRunAt(tx, caller, place), audience),
    );
  }

  list(caller: Principal, place: Place, { cursor, limit }: PageQuery): Promise<Page<CourseMessage>> {
    return this.store.inWorkspace(caller, async (tx) => {
      const page = { id: null, before: beforeId(cursor), limit };
      return pageById(await listCourseMessages(tx, await courseRunAt(tx, caller, place), page), limit, messageOf);
    });
  }

  send(caller: Principal, place: Place, input: CourseMessageInput): Promise<CourseMessage> {
    const { audience, subject, words } = input;
    return this.store.inWorkspace(caller, async (tx) => {
      const courseRun = await courseRunAt(tx, caller, place);
      const id = newId();
      const message = { id, audience, subject, words, by: caller.actor.name };
      const recipients = await sendCourseMessage(tx, courseRun, message);
      if (recipients !== input.recipients)
        throw conflict(
          'courseMessage.recipientsChanged',
          `It would go to ${recipients} learners now, not to ${input.recipients}. Look who they are and send it again`,
          { recipients },
        );
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'courseRun.messaged',
        subject: { kind: 'courseRun', id: courseRun.courseRunId },
        detail: { message: id, audience, recipients },
      });
      const [row] = await listCourseMessages(tx, courseRun, { id, before: null, limit: 1 });
      if (!row) throw notFound('courseMessage');
      return messageOf(row);
    });
  }
}

/** @throws AppError 404 */
async function courseRunAt(
  tx: Tx,
  { workspaceId }: Principal,
  { slug, runSlug }: Place,
): Promise<{ workspaceId: string; courseRunId: string }> {
  const row = await findCourseRun(tx, workspaceId, slug, runSlug);
  if (!row) throw notFound('courseRun');
  return { workspaceId, courseRunId: row.id };
}

function messageOf(row: CourseMessageRow): CourseMessage {
  const { id, subject, words, recipients, sent, unknown } = row;
  return {
    id,
    audience: Audience.parse(row.audience),
    subject,
    words,
    recipients,
    by: row.sent_by,
    sentAt: row.sent_at.toISOString(),
    sent,
    underWay: row.under_way,
    unknown,
    notSent: row.not_sent,
  };
}
