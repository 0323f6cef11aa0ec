import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../dashboard/src', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));

describe('the styles of the dashboard', () => {
  it('stand in style sheets: an element has of its own what is known only when it is drawn', () => {
    expect(files.flatMap((file) => staticStylesIn(file))).toEqual([]);
  });
});

/** The values within `style` attributes that are known beforehand. */
function staticStylesIn(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node, isStyle: boolean): void => {
    if (isStyle && ts.isPropertyAssignment(node) && isStatic(node.initializer))
      found.push(`${file}: ${node.getText()}`);
    const isWithin = isStyle || (ts.isJsxAttribute(node) && node.name.getText() === 'style');
    ts.forEachChild(node, (child) => visit(child, isWithin));
  };
  visit(tree, false);
  return found;
}

function isStatic(value: ts.Expression): boolean {
  if (ts.isConditionalExpression(value)) return isStatic(value.whenTrue) && isStatic(value.whenFalse);
  if (ts.isPrefixUnaryExpression(value)) return isStatic(value.operand);
  return ts.isStringLiteralLike(value) || ts.isNumericLiteral(value) || value.getText() === 'undefined';
}
