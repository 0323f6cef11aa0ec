import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { segmentEnter, segmentLeave } from '../../sdk/journey/journey.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney, sampleJourney } from '../support/journeys.ts';
import { useInstallation } from '../support/use-installation.ts';

describe('a segment on real parts (issue 16)', () => {
  let key: string;
  const installation = useInstallation(async ({ api }) => {
    key = await api.key([
      'contacts:read',
      'contacts:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  it.each(['pooled', 'dedicated'] as const)('begins a journey and ends it, %s', async (execution) => {
    const { api } = installation;
    const [slug, contact] = [`vip-${execution}`, randomUUID()];
    const write = (tier: string): Promise<unknown> =>
      api.call({ method: 'PUT', url: `/v1/contacts/${contact}`, key, body: { attributes: { [slug]: tier } } });
    const rule = {
      kind: 'compare',
      op: 'equals',
      left: { kind: 'contact', path: [slug] },
      right: { kind: 'literal', value: 'vip' },
    };
    await api.call({ method: 'PUT', url: `/v1/segments/${slug}`, key, body: { name: slug, rule } });
    await eventually('is built', async () => {
      const { json } = await api.call({ url: `/v1/segments/${slug}`, key });
      return json['state'] === 'ready' && json;
    });
    const [entry, exitWhen] = [[segmentEnter(slug).trigger], [segmentLeave(slug).trigger]];
    await publishJourney(api, key, sampleJourney(slug, { entry, exitWhen, execution }));
    const until = (status: string): Promise<Record<string, unknown>> =>
      eventually(`is ${status}`, async () => {
        const { json } = await api.call({ url: `/v1/runs?contact=${contact}`, key });
        const [run] = json['items'] as Record<string, unknown>[];
        return run?.['status'] === status && run;
      });
    await write('vip');
    await until('waiting');
    await write('none');
    expect(await until('exited')).toMatchObject({ outcome: 'exited' });
    const changes = await api.call({ url: `/v1/segments/${slug}/changes`, key });
    const reason = `contact.${slug}`;
    expect(changes.json['items']).toMatchObject([
      { contact, hasEntered: false, reason },
      { contact, hasEntered: true, reason },
    ]);
  });
});
