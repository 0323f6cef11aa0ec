import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../contracts/http/route.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const code = tracked.split('\n').filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file));
const routeFiles = code.filter((file) => file.endsWith('.routes.ts'));

/** The pages of the server link to its document; outside services and their doubles have addresses of their own; tests type addresses as users do. */
const mayTypePaths =
  /\.routes\.ts$|^api\/pages\/|^activities\/providers\/|^platform\/connections\/|^local\/(crm|llm|payment)\/|\.test\.ts$|^test\//;

describe('the routes', () => {
  it('are the one place where the path of an endpoint is written', () => {
    const typed = code
      .filter((file) => !mayTypePaths.test(file))
      .flatMap((file) => textsOf(file).map((text) => `${file}: ${text}`))
      .filter((text) => /(?<! )\/v1\/\w/.test(text));
    expect(typed).toEqual([]);
  });

  it('are asked for by the dashboard in its api/ alone', () => {
    const asks = /(?<![.\w])fetch\(|\bnew (EventSource|XMLHttpRequest|WebSocket)\b|\bsendBeacon\(/;
    const outside = code.filter((file) => /^dashboard\/src\/(?!api\/)/.test(file) && !file.endsWith('.test.ts'));
    expect(outside.length).toBeGreaterThan(100);
    expect(outside.filter((file) => asks.test(read(file)))).toEqual([]);
  });

  it('have one handler each', async () => {
    const handled = code.filter((file) => file.endsWith('.controller.ts')).flatMap(handledIn);
    const named = (await Promise.all(routeFiles.map(namesIn))).flat();
    expect(named.length).toBeGreaterThan(80);
    expect(handled.toSorted()).toEqual(named.toSorted());
  });

  it('differ in method or path', async () => {
    const all = (await Promise.all(routeFiles.map(routesIn))).flatMap((routes) => Object.values(routes));
    const calls = all.map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ':')}`);
    expect(calls.filter((call, at) => calls.indexOf(call) !== at)).toEqual([]);
  });
});

/** The string literals of a file. */
function textsOf(file: string): string[] {
  const text = read(file);
  if (!text.includes('/v1/')) return [];
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true));
  return texts;
}

/** The routes that the controllers of a file handle, as `gateRoutes.show`. */
function handledIn(file: string): string[] {
  return [...read(file).matchAll(/@Route\((\w+\.\w+)\)/g)].map(([, name = '']) => name);
}

async function namesIn(file: string): Promise<string[]> {
  const name = /export const (\w+Routes) = /.exec(read(file))?.[1] ?? file;
  return Object.keys(await routesIn(file)).map((key) => `${name}.${key}`);
}

async function routesIn(file: string): Promise<Record<string, Route>> {
  const module = (await import(join(root, file))) as Record<string, Record<string, Route>>;
  return Object.assign({}, ...Object.values(module)) as Record<string, Route>;
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
