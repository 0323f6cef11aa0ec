import { Injectable } from '@nestjs/common';
import type { Course, CourseQuery, CourseRun, ListedCourse } from '../../contracts/courses/courses-api.schema.ts';
import type { Completion, CourseInput, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { freeSeats } from '../../domain/courses/seats.ts';
import { countAttention } from '../../platform/db/views/enrollments-list.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import {
  findCourse,
  findCourseRun,
  listCourses,
  PastDateError,
  PolicyVersionError,
  prerequisiteFaults,
  putCourse,
  putCourseRun,
  type CourseRow,
  type CourseRunWithQueue,
  type CourseWithRuns,
  type PrerequisiteFault,
} from '../../platform/db/courses/courses.ts';
import { moneyOfCourseRun, type MoneySum } from '../../platform/db/courses/money-sums.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** Courses and their runs. */
@Injectable()
export class CoursesService {
  constructor(private readonly store: Store) {}

  async put(caller: Principal, slug: string, input: CourseInput): Promise<Course> {
    return this.store.inWorkspace(caller, async (tx) => {
      const faults = await prerequisiteFaults(tx, caller.workspaceId, slug, input.prerequisites);
      if (faults.length > 0) throw refusedPrerequisites(input, faults);
      const course = await putCourse(tx, caller.workspaceId, slug, input);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'course.put',
        subject: { kind: 'course', id: course.id },
        detail: { slug },
      });
      return courseOf(course);
    });
  }

  async list(caller: Principal, query: CourseQuery): Promise<Page<ListedCourse>> {
    const page = { workspaceId: caller.workspaceId, before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listCourses(tx, page));
    return pageById(rows, query.limit, (row) => ({ ...courseOf(row), runs: row.runs.map(listedRunOf) }));
  }

  async get(caller: Principal, slug: string): Promise<Course> {
    const course = await this.store.inWorkspace(caller, (tx) => findCourse(tx, caller.workspaceId, slug));
    if (!course) throw notFound('course');
    return courseOf(course);
  }

  async putRun(caller: Principal, slug: string, runSlug: string, input: CourseRunInput): Promise<CourseRun> {
    return this.store.inWorkspace(caller, async (tx) => {
      const course = await findCourse(tx, caller.workspaceId, slug);
      if (!course) throw notFound('course');
      const id = await putCourseRun(tx, course, runSlug, input).catch((error: unknown) => {
        if (error instanceof PastDateError) throw refusedDate(error.date);
        throw error instanceof PolicyVersionError ? refusedPolicy(error.version) : error;
      });
      if (id === null)
        throw conflict('courseRun.seatsTaken', 'More seats are taken than this capacity has; release some first');
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'courseRun.put',
        subject: { kind: 'courseRun', id },
        detail: { slug, runSlug, capacity: input.capacity },
      });
      return courseRunIn(tx, caller, slug, runSlug);
    });
  }

  async getRun(caller: Principal, slug: string, runSlug: string): Promise<CourseRun> {
    return this.store.inWorkspace(caller, (tx) => courseRunIn(tx, caller, slug, runSlug));
  }
}

function refusedPolicy(version: number): AppError {
  const message = `This is not the policy of version ${version}. Give it a version above ${version}`;
  const errors = [{ path: 'withdrawal.version', code: 'courseRun.policyVersion', message }];
  return new AppError(422, 'courseRun.policyVersion', { detail: message, errors });
}

const pastDates = {
  startsAt: {
    code: 'courseRun.startLongPast',
    message:
      'This is more than a day ago, and would close the queue at once, for good. To start the course run now, give the present instant',
  },
  endsAt: {
    code: 'courseRun.endLongPast',
    message:
      'This is more than a day ago, and would end all who are enrolled at once, for good. To end the course run now, give the present instant',
  },
} as const;

function refusedDate(path: keyof typeof pastDates): AppError {
  const { code, message } = pastDates[path];
  return new AppError(422, code, { detail: message, errors: [{ path, code, message }] });
}

const faultWords = {
  own: 'A course cannot come before itself',
  circle: 'This course has to be completed before that one, so that nobody could enroll in either',
  unknown: 'There is no such course here; create it first',
} as const;

function refusedPrerequisites({ prerequisites }: CourseInput, faults: PrerequisiteFault[]): AppError {
  const errors = faults.map(({ slug, fault }) => ({
    path: `prerequisites.${prerequisites.indexOf(slug)}`,
    code: `course.${fault}Prerequisite`,
    message: faultWords[fault],
  }));
  return new AppError(422, 'course.prerequisites', { detail: 'These cannot be prerequisites', errors });
}

function courseOf(row: CourseRow): Course {
  const { id, slug, title, prerequisites } = row;
  return { id, slug, title, prerequisites, completion: row.completion as Completion, rev: Number(row.rev) };
}

/** An instant that was written with an offset is returned with `Z`. */
function listedRunOf(run: CourseWithRuns['runs'][number]): ListedCourse['runs'][number] {
  return { ...run, startsAt: run.startsAt === null ? null : new Date(run.startsAt).toISOString() };
}

async function courseRunIn(tx: Tx, { workspaceId }: Principal, slug: string, runSlug: string): Promise<CourseRun> {
  const row = await findCourseRun(tx, workspaceId, slug, runSlug);
  if (!row) throw notFound('courseRun');
  const money = await moneyOfCourseRun(tx, { workspaceId, courseRunId: row.id });
  return courseRunOf(row, money, await countAttention(tx, { workspaceId, courseRunId: row.id }));
}

function courseRunOf(row: CourseRunWithQueue, sums: readonly MoneySum[], attention: number): CourseRun {
  const { capacity, held, confirmed, waiting } = row;
  return {
    id: row.id,
    course: row.course_slug,
    courseTitle: row.course_title,
    counts: { open: row.open, attention, byLifecycle: row.by_lifecycle },
    money: {
      currencies: sums.map((sum) => ({ ...sum, standsMinor: sum.cameMinor - sum.wentMinor })),
      paid: row.paid,
      refundDue: row.refund_due,
    },
    slug: row.slug,
    details: row.details as CourseRunInput,
    seats: { capacity, held, confirmed, free: freeSeats(row), waiting },
    rev: Number(row.rev),
  };
}
