import { useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { RunSubject } from '../../../../contracts/runs/run-kinds.schema.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import type { IconName } from '../../ui/icons.tsx';

/** What each kind of run is called, and its icon. */
export function useRunKinds(): Record<Run['kind'], { name: string; icon: IconName }> {
  const { t } = useLingui();
  return {
    journey: { name: t`Journey`, icon: 'journey' },
    enrollment: { name: t`Enrollment`, icon: 'course' },
    batch: { name: t`Batch`, icon: 'batch' },
    code: { name: t`Code`, icon: 'runs' },
  };
}

/** How the subject of a run is shown: in words, null where the run's title says it, and the page of its own. */
type SubjectLook<S> = { words(subject: S): string | null; page(subject: S): LinkProps };

const subjects: { [K in RunSubject['kind']]: SubjectLook<Extract<RunSubject, { kind: K }>> } = {
  journey: {
    words: ({ name, version }) => `${name} v${version}`,
    page: ({ slug, version }) => ({
      to: '/journeys/$slug',
      params: { slug },
      search: { version: String(version) },
    }),
  },
  enrollment: { words: ({ title }) => title, page: ({ id }) => ({ to: '/enrollments/$id', params: { id } }) },
  batch: { words: () => null, page: ({ id }) => ({ to: '/batches/$id', params: { id } }) },
};

function lookOf(subject: RunSubject): SubjectLook<RunSubject> {
  return subjects[subject.kind];
}

/** Whom or what a run is about, in a few words: the person's name, else its title. */
export function runName({ contact, title }: Pick<Run, 'contact' | 'title'>): string {
  return contact ? (contact.name ?? contact.externalId) : title;
}

/** What a run goes through: a journey's version, a course run, how many documents. */
export function RunSubjectWords({
  run: { subject, title, contact },
}: {
  run: Pick<Run, 'subject' | 'title' | 'contact'>;
}) {
  const words = subject && lookOf(subject).words(subject);
  return <>{words ?? (contact ? title : '')}</>;
}

/** The subject as a link to its own page. */
export function RunSubjectLink({ run: { subject, title } }: { run: Pick<Run, 'subject' | 'title'> }) {
  if (!subject) return <>{title}</>;
  const { words, page } = lookOf(subject);
  return (
    <Link {...page(subject)} className="link">
      {words(subject) ?? title}
    </Link>
  );
}
