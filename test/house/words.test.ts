import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { recordedNames } from '../../contracts/core/recorded-names.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
/** This file and the list of recorded names have to name the words. */
const exempt = /(^test\/house\/words\.test\.ts|recorded-names\.ts|^docs\/moved\.md)$/;
const files = tracked.split('\n').filter((file) => file !== '' && !exempt.test(file) && existsSync(join(root, file)));
const code = files.filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file));

/**
 * Words that no comment and no text uses: a native writer would name the person, or say what is sent; and the private language of 0.1, apart
 * from stored names, which are quoted.
 */
const odd =
  /\b(whoever|somebody|for ever|told|perform(s|ed|ing)?|rings?|rung|hears?|heard|errands?|wish(es)?|proceeds?)\b/i;
/** A name in quotes, and a stored one or a call in SQL. */
const quoted = /[`'"][\w:/]+[`'"]|\bperform (\w+\(|text)/g;
/** The private language of 0.1: `docs/moved.md` has the words that replaced it. */
const privateWord = new RegExp(
  [
    '^(perform|tell|ring|hear|judge|errand|grantWish|giveBack)[A-Z]',
    '^(Perform|Errand|Wish|Notice|Ring|Voter|Ballot|Judgement|Standing)',
    '(Errands?|Wish|Notice|Perform|Performs|Rings?|Standings?|Vote)$',
    '^(proceed|judge|besides|heard|rung|rings|performs|errand|giveBack|doWhatIsDue|noteInbox|noteOwnRow|isOwnRow|useSteadyRows|isRung|hear|notePerformed)$',
  ].join('|'),
);
const recorded = new Set(recordedNames.map(({ name }) => name));
/** Names of other people's libraries. */
const foreign = new Set(['focusRing', 'proceed']);

describe('the words of the house', () => {
  it('are plain in comments and texts', () => {
    // Few files hold such a word at all, in a name perhaps: those alone are taken apart.
    const suspects = code.filter((file) => odd.test(read(file)));
    const found = suspects.flatMap((file) => [...textsOf(file)].flatMap((text) => oddIn(file, text)));
    expect(found).toEqual([]);
  });

  it('are plain in the docs', () => {
    const docs = files.filter((file) => file.endsWith('.md'));
    expect(
      docs.flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line) => oddIn(file, line)),
      ),
    ).toEqual([]);
  });

  it('are the conventional ones in names', () => {
    const found = code.flatMap((file) =>
      namesOf(file)
        .filter(isPrivate)
        .map((name) => `${file}: ${name}`),
    );
    expect([...new Set(found)]).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function oddIn(file: string, text: string): string[] {
  const match = odd.exec(text.replaceAll(quoted, (name) => ' '.repeat(name.length)));
  return match
    ? [`${file}: ${text.slice(Math.max(0, match.index - 40), match.index + 40).replaceAll(/\s+/g, ' ')}`]
    : [];
}

function isPrivate(name: string): boolean {
  return privateWord.test(name) && !recorded.has(name) && !foreign.has(name);
}

function sourceOf(file: string): ts.SourceFile {
  const kind = file.endsWith('.tsx') ? ts.ScriptKind.TSX : file.endsWith('js') ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.ESNext, true, kind);
}

/** The comments of a file, and its texts of more than one word. */
function* textsOf(file: string): Generator<string> {
  const source = sourceOf(file);
  const text = source.text;
  const comments = new Map<number, string>();
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const ranges of [
      ts.getLeadingCommentRanges(text, node.getFullStart()),
      ts.getTrailingCommentRanges(text, node.getEnd()),
    ])
      for (const { pos, end } of ranges ?? []) comments.set(pos, text.slice(pos, end));
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if ((isText || ts.isJsxText(node)) && node.text.trim().includes(' ')) texts.push(node.text);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  yield* comments.values();
  yield* texts;
}

function namesOf(file: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.push(node.text.replace('#', ''));
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(file));
  return names;
}
