import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actions } from '../../contracts/core/actions.ts';

const names = Object.keys(actions);

describe('the records of actions', () => {
  it('stand in one file of their feature each, and no list has them again', () => {
    for (const name of names) {
      const declared = filesWith(new RegExp(`^ {2}${name}: \\w+Action[<(]`, 'm'), 'contracts/**/*.ts');
      expect([name, declared]).toEqual([name, [expect.stringMatching(/^contracts\/\w+\/actions\.ts$/)]]);
    }
    // Who asks and who acts names an action; what lies between them asks its record.
    const quoted = new RegExp(`(activity|action|case|name):? ['"\`](${names.join('|')})['"\`]`);
    expect(
      filesWith(quoted, '{contracts,workflows,worker,platform,api,sdk,cli,local,dashboard/src}/**/*.{ts,tsx}'),
    ).toEqual([]);
    expect(filesWith(quoted, 'activities/{effects,engine}/*.ts')).toEqual([]);
  });

  it('say what an action is asked with: nothing casts its params', () => {
    expect(filesWith(/\bas (unknown as )?\w*Params\b/, '{activities,domain,worker}/**/*.ts')).toEqual([]);
    expect(filesWith(/\bparams(\) as |\)?\[| as )/, 'activities/**/*.ts')).toEqual([]);
  });

  it('reach the workflows without a schema', () => {
    expect(filesWith(/from '(zod|.*\.schema\.ts)'/, 'contracts/*/{action,actions}.ts')).toEqual([]);
  });
});

/** The files of `glob` in which `pattern` occurs, tests left out. */
function filesWith(pattern: RegExp, glob: string): string[] {
  return globSync(glob, { exclude: ['**/*.test.ts'] }).filter((file) => pattern.test(readFileSync(file, 'utf8')));
}
