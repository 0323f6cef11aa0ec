import type { ReactNode } from 'react';
import type { DocumentDetail } from '../../../../contracts/api/batches.schema.ts';
import { labelOf } from '../../../../domain/approval/content-words.ts';
import classes from './batches.module.css';

/** A document's texts in the order of the template; what a finding is about is marked where it stands. */
export function Letter({ document }: { document: DocumentDetail }) {
  const { passages, findings } = document;
  return (
    <div className={classes.sheet}>
      {passages.map(({ kind, name, lines }) => (
        <section key={`${kind} ${name}`} className={kind === 'locked' ? classes.locked : ''}>
          <h2>{labelOf(name)}</h2>
          {lines.map((line, index) => (
            <p key={index} style={{ marginTop: index === 0 ? 0 : 10 }}>
              {marked(
                line,
                findings.flatMap(({ evidence }) => (evidence ? [evidence.text] : [])),
              )}
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

function marked(line: string, quotes: readonly string[]): ReactNode {
  const quote = quotes.find((text) => text !== '' && line.includes(text));
  if (quote === undefined) return line;
  const at = line.indexOf(quote);
  return (
    <>
      {line.slice(0, at)}
      <mark>{quote}</mark>
      {marked(line.slice(at + quote.length), quotes)}
    </>
  );
}
