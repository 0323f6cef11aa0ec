import { Trans } from '@lingui/react/macro';
import { factOf, labelOf, textOf } from '../../../../domain/approvals/content-words.ts';
import { viewerZone } from '../../ui/time.tsx';
import classes from './inbox.module.css';

type Content = Readonly<Record<string, unknown>>;

/** Texts longer than a line are read as prose. */
const proseLength = 60;

/**
 * What an approval shows, whatever it is: a mail as a mail, texts as prose, lists of records as tables, single values as facts.
 * Parts of it were written by a model: everything is text.
 */
export function GateContent({ content }: { content: Content }) {
  const entries = Object.entries(content).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const { subject, body } = content;
  const isMail = typeof subject === 'string';
  const rest = entries.filter(
    ([name]) => !(isMail && (name === 'subject' || (name === 'body' && typeof body === 'string'))),
  );
  const blocks = rest.filter(([, value]) => !isFact(value));
  const facts = rest
    .filter(([, value]) => isFact(value))
    .flatMap(([name]) => factOf({ ...content }, name, viewerZone) ?? []);
  return (
    <>
      {isMail && (
        <div className={classes.sheet}>
          <dl className={classes.heading}>
            <dt>
              <Trans>Subject</Trans>
            </dt>
            <dd className="medium">{subject}</dd>
          </dl>
          {typeof body === 'string' && <Prose text={body} />}
        </div>
      )}
      {blocks.map(([name, value]) => (
        <section key={name} className={classes.sheet}>
          <h3 className="hidden">{labelOf(name)}</h3>
          <Block name={name} value={value} />
        </section>
      ))}
      {facts.length > 0 && <FactTable facts={facts} />}
    </>
  );
}

function Block({ name, value }: { name: string; value: unknown }) {
  if (typeof value === 'string') return <Prose text={value} />;
  if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) return <Records name={name} rows={value} />;
  if (isRecord(value))
    return <FactTable facts={Object.keys(value).flatMap((key) => factOf(value, key, viewerZone) ?? [])} isBare />;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return <Prose text={values.map((each) => textOf(each, viewerZone)).join('\n')} />;
}

function Prose({ text }: { text: string }) {
  return (
    <div className={classes.prose}>
      {text.split(/\n{2,}/).map((paragraph, index) => (
        <p key={index}>{paragraph}</p>
      ))}
    </div>
  );
}

function FactTable({ facts, isBare = false }: { facts: readonly { label: string; text: string }[]; isBare?: boolean }) {
  return (
    <dl className={`${classes.heading} ${isBare ? '' : classes.sheet}`}>
      {facts.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Records({ name, rows }: { name: string; rows: Record<string, unknown>[] }) {
  // The amount is what the eye looks for, so it stands at the end.
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted(
    (a, b) => Number(isAmount(a)) - Number(isAmount(b)),
  );
  return (
    <table className={classes.table} aria-label={labelOf(name)}>
      <thead>
        <tr>
          {names.map((column) => (
            <th key={column} scope="col">
              {labelOf(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {names.map((column) => (
              <td key={column} className={isAmount(column) ? classes.amount : undefined}>
                {textOf(row[column], viewerZone)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isAmount(name: string): boolean {
  return /amount/i.test(name);
}

function isFact(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= proseLength && !value.includes('\n') : typeof value !== 'object';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
