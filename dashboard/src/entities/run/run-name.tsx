import { Link } from '@tanstack/react-router';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';

/** Whom or what a run is about, in a few words: the person's name, else its title. */
export function runName({ contact, title }: Pick<Run, 'contact' | 'title'>): string {
  return contact ? (contact.name ?? contact.externalId) : title;
}

/** What a run goes through: a journey's version, a course run, how many documents. */
export function RunSubjectWords({ run }: { run: Pick<Run, 'subject' | 'title' | 'contact'> }) {
  const { subject, title, contact } = run;
  if (subject?.kind === 'journey') return <>{`${subject.name} v${subject.version}`}</>;
  if (subject?.kind === 'enrollment') return <>{subject.title}</>;
  return <>{contact ? title : ''}</>;
}

/** The subject as a link to its own page. */
export function RunSubjectLink({ run }: { run: Pick<Run, 'subject' | 'title' | 'contact'> }) {
  const { subject, title } = run;
  switch (subject?.kind) {
    case 'journey':
      return (
        <Link
          to="/journeys/$slug"
          params={{ slug: subject.slug }}
          search={{ version: String(subject.version) }}
          className="link"
        >
          {subject.name} v{subject.version}
        </Link>
      );
    case 'enrollment':
      return (
        <Link to="/enrollments/$id" params={{ id: subject.id }} className="link">
          {subject.title}
        </Link>
      );
    case 'batch':
      return (
        <Link to="/batches/$id" params={{ id: subject.id }} className="link">
          {title}
        </Link>
      );
    case undefined:
      return <>{title}</>;
  }
}
