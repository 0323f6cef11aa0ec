import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'dashboard/src');
/** Attributes that people read. */
const spoken = new Set(['title', 'label', 'placeholder', 'alt', 'description', 'aria-label', 'name', 'note']);
/** Elements whose text is a command, a name of a field or a key, not words of a language. */
const literal = new Set(['code', 'kbd']);
/** Names that are the same in every language. */
const names = new Set(['Throughline']);

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));

describe('the words of the dashboard', () => {
  it.each(files)('%s says nothing outside the catalogue', (file) => {
    expect(wordsOutside(file)).toEqual([]);
  });

  it('are all in the catalogue: npx lingui extract --clean, where they are not', async () => {
    const config = getConfig({ cwd: root, configPath: join(root, 'lingui.config.ts') });
    const [catalog] = await getCatalogs(config);
    if (!catalog) throw new Error('There is no catalogue');
    const stored = Object.keys((await catalog.read('en')) ?? {}).toSorted();
    const found = Object.keys((await catalog.collect()) ?? {}).toSorted();
    expect(stored).toEqual(found);
  });
});

/** Texts and spoken attributes that are written out instead of going through Lingui. */
function wordsOutside(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node, isTold: boolean): void => {
    if (ts.isJsxText(node) && !isTold && isWords(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
      const element = node.parent.parent;
      const isInput = 'tagName' in element && /^(input|meta)$/.test(element.tagName.getText());
      if (
        spoken.has(node.name.getText()) &&
        !isInput &&
        isWords(node.initializer.text) &&
        /^[A-Z]/.test(node.initializer.text)
      )
        found.push(`${node.name.getText()}="${node.initializer.text}"`);
    }
    const tag = ts.isJsxElement(node) ? node.openingElement.tagName.getText() : '';
    const isTranslated = tag === 'Trans' || literal.has(tag);
    ts.forEachChild(node, (child) => visit(child, isTold || isTranslated));
  };
  visit(tree, false);
  return found;
}

function isWords(text: string): boolean {
  const trimmed = text.trim();
  return /\p{L}{2,}/u.test(trimmed) && !names.has(trimmed);
}
