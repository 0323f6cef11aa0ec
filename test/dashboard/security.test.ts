import { describe, expect, it } from 'vitest';
import { scopes } from '../../contracts/access/access.ts';
import { openTestGate } from '../support/gates.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../support/journeys.ts';
import { useStage } from './stage.ts';

/** What would run if any page took a text for markup. */
const script = '<img src=x onerror="window.wasTricked=1"><script>window.wasTricked=1</script>';

describe('texts of others in the dashboard', () => {
  let key: string;
  const stage = useStage(async () => {
    key = await stage.api.key([...scopes]);
  });

  const call = (method: 'PUT' | 'POST', url: string, body: object) => stage.api.call({ method, url, key, body });

  it('are shown as they are, wherever they stand, and never run', async () => {
    await publishJourney(
      stage.api,
      key,
      sampleJourney('tricky', {
        name: `Journey ${script}`,
        steps: [{ kind: 'waitFor', id: 'wait', title: `Step ${script}`, on: { event: 'LoggedIn' }, timeout: 'P2D' }],
      }),
    );
    await call('PUT', '/v1/contacts/tricky', { attributes: { name: `Name ${script}`, note: `Note ${script}` } });
    await call('POST', '/v1/events', {
      events: [sampleEvent('tricky', 'SignedUp', 'tricky', { properties: { text: script } })],
    });
    await call('PUT', '/v1/courses/tricky', {
      title: `Course ${script}`,
      prerequisites: [],
      completion: { moveOn: 'completed' },
    });
    const { gateId, runId } = await openTestGate(stage.database, {
      title: `Gate ${script}`,
      content: { subject: `Subject ${script}`, body: `Body ${script}`, lines: [{ reason: script, amount: '1' }] },
      outcomes: [{ name: 'send', label: `Outcome ${script}` }],
    });
    const addresses: [path: string, text: string][] = [
      [`/inbox?gate=${gateId}`, `Body ${script}`],
      ['/', `Gate ${script}`],
      ['/journeys', `Journey ${script}`],
      ['/journeys/tricky', `Step ${script}`],
      ['/contacts', `Name ${script}`],
      ['/contacts/tricky', `Note ${script}`],
      ['/courses', `Course ${script}`],
      ['/runs', `Name ${script}`],
      [`/runs/${runId}`, 'Facts'],
    ];
    const page = await stage.open('/');
    for (const [path, text] of addresses) {
      await stage.go(page, path);
      await page.getByText(text, { exact: false }).first().waitFor({ state: 'attached' });
      expect(await page.evaluate('window.wasTricked'), path).toBeUndefined();
      expect(await page.locator('img').count(), path).toBe(0);
    }
    await page.context().close();
  });

  it('stay texts when they are typed into a field and sent', async () => {
    const page = await stage.open('/journeys/tricky?tab=simulate');
    await page.getByLabel('Facts of the made-up person').fill(JSON.stringify({ name: script }));
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.getByText('Goes through').waitFor();
    await page.goto(`${stage.url}/contacts?q=${encodeURIComponent(`${script} nobody`)}`);
    await page.getByText('Nobody is called').waitFor();
    expect(await page.evaluate('window.wasTricked')).toBeUndefined();
    await page.context().close();
  });

  it('could not run either: the page allows no script but its own files', async () => {
    const answer = await fetch(`${stage.url}/inbox`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|script-src[^;]*(nonce|https?:)/);
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const other = await fetch(`${stage.url}/inbox`);
    expect(other.headers.get('content-security-policy')).not.toBe(policy);
  });
});
