import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { DocumentDetail, DocumentDraft } from '../../../../../contracts/documents/batches-api.schema.ts';
import { draftsQuery } from '../../../api/batches.ts';
import { WordDiff } from '../../../ui/text/word-diff.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../batches.module.css';

/** The texts that a document has had, the newest first: whose each is, and what it changed. Nothing where it has only one. */
export function Texts({ document: { id, findings, isBeingChanged } }: { document: DocumentDetail }) {
  const hasMore = isBeingChanged || findings.some(({ check }) => check === 'review');
  const { data } = useQuery({ ...draftsQuery(id), enabled: hasMore });
  if (!hasMore || !data || data.items.length === 0) return null;
  const texts = data.items.toReversed();
  return (
    <section>
      <h2 className="caption">
        <Trans>Texts</Trans>
      </h2>
      <ol className={classes.texts}>
        {texts.map((draft, at) => (
          <li key={draft.number}>
            <p className="small">
              <DraftWords draft={draft} /> · <Time at={draft.askedAt} />
            </p>
            {draft.note && <p className="small text2">“{draft.note}”</p>}
            {draft.state !== 'open' && (
              <details className="small">
                <summary>{at === texts.length - 1 ? <Trans>Its words</Trans> : <Trans>What it changed</Trans>}</summary>
                <Words
                  draft={draft}
                  before={texts.slice(at + 1).find(({ answers, state }) => answers && state === 'made')}
                />
              </details>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function DraftWords({ draft: { kind, author, state, error } }: { draft: DocumentDraft }) {
  if (state === 'failed') return <Trans>Could not be made: {error?.message}</Trans>;
  if (state === 'dropped') return <Trans>Taken back before it was made</Trans>;
  if (state === 'open') return <Trans>Being made</Trans>;
  if (kind === 'edited') return <Trans>Changed by {author}</Trans>;
  return kind === 'first' ? <Trans>Written by the model</Trans> : <Trans>Written again, asked for by {author}</Trans>;
}

function Words({ draft, before }: { draft: DocumentDraft; before: DocumentDraft | undefined }) {
  return Object.entries(draft.answers ?? {}).map(([slot, answer]) => (
    <p key={slot}>
      <code className="mono">{slot}</code>
      <br />
      <WordDiff before={textOf(before ? before.answers?.[slot] : answer)} after={textOf(answer)} />
    </p>
  ));
}

const textOf = (answer: string | string[] | undefined): string =>
  Array.isArray(answer) ? answer.join('\n') : (answer ?? '');
