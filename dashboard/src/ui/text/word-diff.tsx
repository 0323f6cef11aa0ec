import classes from './word-diff.module.css';
import { diffWords } from './diff-words.ts';

/** How a text was changed: what is gone is struck through, what is new is underlined. */
export function WordDiff({ before, after }: { before: string; after: string }) {
  return (
    <span className={classes.diff}>
      {diffWords(before, after).map(({ kind, text }, at) => {
        const key = `${at}`;
        if (kind === 'added') return <ins key={key}>{text}</ins>;
        return kind === 'removed' ? <del key={key}>{text}</del> : <span key={key}>{text}</span>;
      })}
    </span>
  );
}
