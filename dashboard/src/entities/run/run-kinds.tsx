import { Trans, useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import type { RunSubject } from '../../../../contracts/runs/run-kinds.schema.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { decidesDocuments } from '../../../../domain/documents/stages/stages.ts';
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

/**
 * How the subject of a run is shown: in words, null where the run's title says it; the page of its own; where a kind has one, the link to
 * the page on which a gate's subject is looked at more closely.
 */
type SubjectLook<S> = {
  words(subject: S): string | null;
  page(subject: S): LinkProps;
  ofGate?(subject: S, step: string): ReactNode;
};

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
  batch: {
    words: () => null,
    page: ({ id }) => ({ to: '/batches/$id', params: { id } }),
    ofGate: ({ id }, step) =>
      decidesDocuments(step) && (
        <Link to="/batches/$id/review" params={{ id }} className="link">
          <Trans>Look at the flagged documents one by one</Trans>
        </Link>
      ),
  },
};

function lookOf(subject: RunSubject): SubjectLook<RunSubject> {
  return subjects[subject.kind];
}

/** Whether a run of a kind must be ended by its own rules before its person can be erased; the others end with them. */
export const standsInErasure: Readonly<Record<Run['kind'], boolean>> = {
  journey: false,
  enrollment: true,
  batch: false,
  code: false,
};

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

/** What a run is about in words: its subject's, else its title. */
export function subjectWords({ subject, title }: Pick<Run, 'subject' | 'title'>): string {
  return (subject && lookOf(subject).words(subject)) ?? title;
}

/** The subject as a link to its own page. */
export function RunSubjectLink({ run }: { run: Pick<Run, 'subject' | 'title'> }) {
  const words = subjectWords(run);
  if (!run.subject) return <>{words}</>;
  return (
    <Link {...lookOf(run.subject).page(run.subject)} className="link">
      {words}
    </Link>
  );
}

/** The way to what a gate is about, where its kind of run has a page for that. */
export function GateLink({ gate: { subject, step } }: { gate: Pick<Gate, 'subject' | 'step'> }) {
  return subject && lookOf(subject).ofGate?.(subject, step);
}
