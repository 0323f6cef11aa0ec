import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useLocation } from '@tanstack/react-router';
import { Empty } from '../../ui/states.tsx';

/** What a place holds: what is said where there is no such thing, and the list in which it would be. */
type Kept = {
  title: MessageDescriptor;
  to: '/' | '/inbox' | '/journeys' | '/courses' | '/batches' | '/runs' | '/contacts';
  all: MessageDescriptor;
};

const anything: Kept = { title: msg`This is not here`, to: '/', all: msg`Go home` };
const kept: Readonly<Record<string, Kept>> = {
  inbox: { title: msg`There is no such decision`, to: '/inbox', all: msg`All decisions` },
  journeys: { title: msg`There is no such journey`, to: '/journeys', all: msg`All journeys` },
  courses: { title: msg`There is no such course run`, to: '/courses', all: msg`All courses` },
  enrollments: { title: msg`There is no such enrollment`, to: '/courses', all: msg`All courses` },
  batches: { title: msg`There is no such batch`, to: '/batches', all: msg`All batches` },
  documents: { title: msg`There is no such document`, to: '/batches', all: msg`All batches` },
  runs: { title: msg`There is no such run`, to: '/runs', all: msg`All runs` },
  contacts: { title: msg`There is no such person`, to: '/contacts', all: msg`All people` },
};

/** The address is that of a thing that is not there, as a stale link has it: which kind of thing, why that may be, and where to look. */
export function Missing() {
  const { i18n } = useLingui();
  const place = useLocation({ select: ({ pathname }) => pathname.split('/')[1] ?? '' });
  const { title, to, all } = kept[place] ?? anything;
  return (
    <Empty
      title={i18n._(title)}
      actions={
        <Link to={to} className="link">
          {i18n._(all)}
        </Link>
      }
    >
      <Trans>
        The link may be cut short or old: what it led to may have been erased, or belong to another workspace. Switch
        the workspace at the top left, or search for a name with the field at the top.
      </Trans>
    </Empty>
  );
}
