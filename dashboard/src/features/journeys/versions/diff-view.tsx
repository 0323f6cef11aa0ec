import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { type FieldChange, isSameJourney, type JourneyDiff } from '../../../../../domain/journeys/diff.ts';
import { WordDiff } from '../../../ui/text/word-diff.tsx';
import classes from '../journeys.module.css';

/** How two definitions differ, in the order in which people look: what is new, what is gone, what changed. */
export function DiffView({ difference }: { difference: JourneyDiff | null }) {
  if (!difference)
    return (
      <p className={classes.changes}>
        <Trans>One of them is not a valid journey, so they cannot be compared.</Trans>
      </p>
    );
  if (isSameJourney(difference))
    return (
      <p className={classes.changes}>
        <Trans>They are the same.</Trans>
      </p>
    );
  return (
    <div className={classes.diff}>
      <Titles heading={<Trans>New steps</Trans>} of={difference.added} className={classes.after} />
      <Titles heading={<Trans>Gone steps</Trans>} of={difference.removed} className={classes.before} />
      {difference.changed.map(({ id, title, fields }) => (
        <Changes key={id} heading={<Trans>Changed: “{title}”</Trans>} fields={fields} />
      ))}
      {difference.settings.length > 0 && (
        <Changes heading={<Trans>The journey itself</Trans>} fields={difference.settings} />
      )}
    </div>
  );
}

function Titles({
  heading,
  of,
  className = '',
}: {
  heading: ReactNode;
  of: { id: string; title: string }[];
  className?: string | undefined;
}) {
  if (of.length === 0) return null;
  return (
    <div className={classes.changes}>
      <h3 className="medium">{heading}</h3>
      <ul className={className}>
        {of.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
    </div>
  );
}

function Changes({ heading, fields }: { heading: ReactNode; fields: readonly FieldChange[] }) {
  return (
    <div className={classes.changes}>
      <h3 className="medium">{heading}</h3>
      <ul>
        {fields.map(({ path, before, after }) => (
          <li key={path}>
            <code className="mono">{path}</code>:{' '}
            {typeof before === 'string' && typeof after === 'string' ? (
              <WordDiff before={before} after={after} />
            ) : (
              <>
                <del className={classes.before}>{words(before)}</del>{' '}
                <ins className={classes.after}>{words(after)}</ins>
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function words(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
