import { randomUUID } from 'node:crypto';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, describe, expect, it } from 'vitest';
import { searchAttributes } from '../../contracts/core/search-attributes.ts';
import { eventually } from '../../test/support/eventually.ts';
import { testPort } from '../../test/support/ports.ts';
import { testTemporalAddress } from '../../test/support/temporal-address.ts';
import { createLogger } from '../log.ts';
import { createTemporal } from './client.ts';
import { createAttributeRegistry } from './search-attributes.ts';

const log = createLogger({ name: 'test', level: 'silent' });

describe('the search attributes in Temporal', () => {
  const namespace = `attributes-${randomUUID()}`;
  const temporal = createTemporal({ TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: namespace });
  const { operatorService, workflowService } = temporal.client.connection;
  afterAll(() => temporal.close());

  it('are added where they are missing, and count from the pass that finds them all', async () => {
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await eventually('the namespace is known', () =>
      operatorService.listSearchAttributes({ namespace }).then(
        ({ customAttributes }) => Object.keys(customAttributes ?? {}).length === 0,
        () => false,
      ),
    );
    const registry = createAttributeRegistry(temporal.client, log);
    expect(registry.isUsable()).toBe(false);
    await registry.register({ isOnlyBuild: true });
    expect(registry.isUsable()).toBe(false);
    await eventually('all are found', async () => {
      await registry.register({ isOnlyBuild: true });
      return registry.isUsable();
    });
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes).sort()).toEqual(Object.values(searchAttributes).sort());
  });

  it('are done without while Temporal refuses or is away', async () => {
    const address = `127.0.0.1:${await testPort('nothing')}`;
    const away = createTemporal({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' });
    const registry = createAttributeRegistry(away.client, log);
    await registry.register({ isOnlyBuild: true });
    expect(registry.isUsable()).toBe(false);
    await away.close();
  });
});
