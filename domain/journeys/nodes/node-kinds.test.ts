import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { JourneyNode, type JourneyNode as Node } from '../../../contracts/journeys/nodes.schema.ts';
import { askedParts, gapsOf } from '../../../test/support/node-gaps.ts';
import { defineKind, type NodeKind } from './node-kind.ts';
import { kindOf, nodeKinds } from './node-kinds.ts';

const step = { id: 'x', kind: 'exit' as const, reason: 'done' };
const value = { kind: 'contact' as const, path: ['a'] };

/** One node of each kind, with all that a kind can hold; `gapsOf` says how. */
const samples: { [K in Node['kind']]: Extract<Node, { kind: K }> } = {
  email: {
    id: 'n',
    kind: 'email',
    content: { kind: 'template', template: 'hi@1', subject: value },
    variables: { a: value },
    anyHour: true,
    transactional: true,
    onError: [step],
  },
  delay: { id: 'n', kind: 'delay', for: 'P1D', at: '09:00', weekdays: [1], pausedDeadline: 'extend' },
  waitFor: {
    id: 'n',
    kind: 'waitFor',
    on: { event: 'e', key: value, filter: { kind: 'exists', value } },
    since: 'step',
    timeout: 'P1D',
    pausedDeadline: 'extend',
    onEvent: [step],
    onTimeout: [step],
  },
  if: { id: 'n', kind: 'if', when: { kind: 'exists', value }, yes: [step], no: [step] },
  llm: {
    id: 'n',
    kind: 'llm',
    prompt: { kind: 'stored', prompt: 'p@1' },
    input: { a: value },
    output: { type: 'object' },
    budgetMicros: 1,
    model: 'model-a',
    fallbackModels: ['model-b'],
    fallback: {},
    onError: [step],
  },
  approval: {
    id: 'n',
    kind: 'approval',
    assign: { kind: 'role', id: 'approver' },
    show: value,
    due: 'PT3H',
    onError: [step],
    pausedDeadline: 'recheck',
    outcomes: [{ name: 'yes', steps: [step] }],
    onTimeout: 'yes',
  },
  updateContact: { id: 'n', kind: 'updateContact', set: { a: value }, onError: [step] },
  crm: { id: 'n', kind: 'crm', upsert: 'contact', set: { a: value }, onError: [step] },
  exit: step,
  goTo: { id: 'n', kind: 'goTo', target: 'x' },
};

describe('the records of node kinds', () => {
  it.each(Object.entries(samples))('agree with themselves: %s', (_kind, node) => {
    const kind = kindOf(node);
    expect(JourneyNode.safeParse(node).error?.issues ?? []).toEqual([]);
    const branches = kind.branches(node);
    const ways = kind.ways(node);
    const names = branches.map(({ name }) => name);
    expect(ways.kind === 'branches' ? ways.names : []).toEqual(names);
    for (const { path, steps } of branches) expect(at(node, path)).toEqual(steps);
    // Made again, every branch is the new one, and nothing else has changed.
    const emptied = kind.withBranches(node, () => []);
    expect(kind.branches(emptied).map(({ steps }) => steps.length)).toEqual(names.map(() => 0));
    expect(kind.withBranches(emptied, () => [step])).toEqual(node);
    const pinned = kind.pin(node, (_, reference) => `${reference}1`);
    expect(kind.references(pinned).map(({ reference }) => reference)).toEqual(
      kind.references(node).map(({ reference }) => `${reference}1`),
    );
    expect(kind.draw(node).detail).not.toBe('');
    const labels = Object.keys(kind.draw(node).branches ?? {});
    expect(labels).toEqual(names);
  });

  it.each(Object.values(samples))('say all that others ask of them: $kind', (node) => {
    const shape = JourneyNode.options.find((option) => option.shape.kind.value === node.kind)?.shape ?? {};
    const left = Object.keys(shape).filter((field) => field !== 'title' && !(field in node));
    expect(left, 'The sample holds all that the schema knows').toEqual([]);
    const kind = kindOf(node);
    expect(gapsOf(kind, node)).toEqual([]);
    // Each part that the record has of its own would be missed without it.
    const bare = defineKind<Node>({ begin: kind.begin, draw: kind.draw });
    for (const part of askedParts.filter((name) => String(kind[name]) !== String(bare[name])))
      expect(gapsOf({ ...kind, [part]: bare[part] }, node)).toContain(part);
  });

  it('lead where they say: also past their branches, and into no other', () => {
    const { if: condition } = nodeKinds;
    const leaving = (branch?: string) => ({
      ...condition,
      begin: () => ({ kind: 'leave' as const, ...(branch && { branch }) }),
    });
    const gaps = (kind: typeof condition) => gapsOf(kind as NodeKind<Node>, samples.if);
    expect(gaps(leaving('yes'))).toEqual([]);
    expect(gaps(leaving())).toEqual(['ways']);
    expect(gaps(leaving('maybe'))).toEqual(['ways']);
    expect(gaps({ ...leaving(), ways: () => ({ kind: 'branches', names: ['yes', 'no'], next: true }) })).toEqual([]);
  });

  it('are the only place that tells kinds of nodes apart', () => {
    const kinds = Object.keys(nodeKinds).join('|');
    const asks = new RegExp(
      `\\b(node|step|place|box|line)\\.kind\\b[^\\n]*'(${kinds})'|\\bswitch \\(([\\w.]+\\.)?(node|step|box)\\.kind\\)`,
    );
    // A file of the dashboard that says something of three kinds by their names keeps a list of its own.
    const list = new RegExp(`^\\s*(${kinds}): |'(${kinds})'`, 'gm');
    const keepsList = (text: string) => new Set([...text.matchAll(list)].map(([, key, word]) => key ?? word)).size > 2;
    const files = globSync('{domain,api,activities,platform,sdk,cli,worker,workflows,dashboard/src}/**/*.{ts,tsx}', {
      exclude: ['domain/journeys/nodes/**', 'dashboard/src/entities/run/step-looks.ts', '**/*.test.ts'],
    });
    const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    expect(texts.filter(({ text }) => asks.test(text)).map(({ file }) => file)).toEqual([]);
    const screens = texts.filter(({ file }) => file.startsWith('dashboard'));
    expect(screens.filter(({ text }) => keepsList(text)).map(({ file }) => file)).toEqual([]);
  });
});

/** What lies at a dotted path. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);
}
