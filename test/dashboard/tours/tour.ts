import { afterAll, beforeAll, beforeEach } from 'vitest';
import { scopes } from '../../../contracts/access.ts';
import { missingBrowser } from '../../support/browser.ts';
import type { Answer } from '../../support/api.ts';
import { type Stage, startStage } from '../stage.ts';

/** What the tours of a file share. `count` is another number for each of them; `call` is what their own systems say to the API. */
export type Tour = {
  readonly stage: Stage;
  readonly key: string;
  readonly count: number;
  call(method: 'PUT' | 'POST' | 'GET', url: string, body?: object): Promise<Answer>;
};

/** Gives the file's tests an installation and a browser; skips them where there is none. */
export function useTour(): Tour {
  let stage: Stage | null = null;
  let key = '';
  let count = 0;
  const missing = missingBrowser();
  beforeAll(async () => {
    if (missing !== null) return;
    stage = await startStage();
    key = await stage.api.key([...scopes]);
  }, 60_000);
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
    count += 1;
  });
  afterAll(() => stage?.stop());
  const started = (): Stage => {
    if (!stage) throw new Error('The stage is used before it has started');
    return stage;
  };
  return {
    get stage() {
      return started();
    },
    get key() {
      return key;
    },
    get count() {
      return count;
    },
    async call(method, url, body) {
      const answer = await started().api.call({ method, url, key, body });
      if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
      return answer;
    },
  };
}
