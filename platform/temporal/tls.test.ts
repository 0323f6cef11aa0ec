import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineActivities } from '../../contracts/core/engine.ts';
import { startWorkers } from '../../worker/workers.ts';
import { createAuthority } from '../../test/support/certificates.ts';
import { startTemporalProxy, type TemporalProxy } from '../../test/support/temporal-proxy.ts';
import { testTemporalAddress } from '../../test/support/temporal-address.ts';
import { ConfigError, readConfig } from '../config.ts';
import { createTemporal } from './client.ts';
import { connectionOptions } from './connection-options.ts';
import { temporalRefusal } from './refusal.ts';

/** What another server's authority has issued is worth nothing here. */
const [authority, other] = [createAuthority(), createAuthority('Another authority')];
const [ours, theirs, ended] = [authority.issue('us'), other.issue('us'), authority.issue('us', { isExpired: true })];
const files: string[] = [];

function file(content: string): string {
  const path = join(tmpdir(), `tl-pem-${process.pid}-${files.length}.pem`);
  writeFileSync(path, content);
  files.push(path);
  return path;
}

function settings(given: Record<string, string>): ReturnType<typeof readConfig> {
  return readConfig({
    DATABASE_URL: 'postgres://x',
    THROUGHLINE_KEY: 'x'.repeat(32),
    TEMPORAL_TLS_CA: authority.certPem,
    TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
    ...given,
  });
}

describe('Temporal behind TLS', () => {
  let mutual: TemporalProxy;
  let keyed: TemporalProxy;
  let stale: TemporalProxy;
  beforeAll(async () => {
    const target = testTemporalAddress();
    const own = authority.issue('temporal.test');
    mutual = await startTemporalProxy(target, own, { clientAuthority: authority.certPem });
    keyed = await startTemporalProxy(target, own, { apiKey: 'right' });
    stale = await startTemporalProxy(target, authority.issue('temporal.test', { isExpired: true }));
  });
  afterAll(async () => {
    await Promise.all([mutual.stop(), keyed.stop(), stale.stop()]);
    for (const path of files) rmSync(path);
  });
  const mutualTls = (certificate: typeof ours): Record<string, string> => ({
    TEMPORAL_ADDRESS: `127.0.0.1:${mutual.port}`,
    TEMPORAL_TLS_CERT: certificate.certPem,
    TEMPORAL_TLS_KEY: certificate.keyPem,
  });
  const withKey = (key: string): Record<string, string> => ({
    TEMPORAL_ADDRESS: `127.0.0.1:${keyed.port}`,
    TEMPORAL_API_KEY: key,
  });

  it.each([
    ['a certificate of its own, in files', () => ({ ...mutualTls(ours), TEMPORAL_TLS_CERT: file(ours.certPem) })],
    ['an API key', () => withKey('right')],
  ])('takes a client and a worker with %s, and receives the namespace with each call', async (_, given) => {
    const config = settings(given());
    const proxy = config.TEMPORAL_API_KEY === '' ? mutual : keyed;
    const temporal = createTemporal(config);
    await temporal.client.connection.workflowService.getSystemInfo({});
    await temporal.close();
    const worker = await NativeConnection.connect(connectionOptions(config));
    await worker.workflowService.describeNamespace({ namespace: config.TEMPORAL_NAMESPACE });
    await worker.close();
    expect([...proxy.callers].toSorted()).toEqual(['default grpc-node-js', 'default tonic']);
    expect(await temporalRefusal(config)).toBeNull();
  });

  it.each([
    [
      'its authority is not named',
      () => ({ ...withKey('right'), TEMPORAL_TLS_CA: '' }),
      /authority in TEMPORAL_TLS_CA$/,
    ],
    ['another authority is', () => ({ ...withKey('right'), TEMPORAL_TLS_CA: other.certPem }), /in TEMPORAL_TLS_CA$/],
    [
      'it has another name',
      () => ({ ...withKey('right'), TEMPORAL_TLS_SERVER_NAME: 'x.test' }),
      /TEMPORAL_TLS_SERVER_NAME$/,
    ],
    [
      'its certificate has ended',
      () => ({ TEMPORAL_ADDRESS: `127.0.0.1:${stale.port}` }),
      /has ended: renew it there$/,
    ],
    ['no certificate is shown', () => ({ TEMPORAL_ADDRESS: `127.0.0.1:${mutual.port}` }), /see TEMPORAL_TLS_CERT$/i],
    ['a wrong certificate is shown', () => mutualTls(theirs), /see TEMPORAL_TLS_CERT$/i],
    ['the API key is wrong', () => withKey('wrong'), /refuses the API key: see TEMPORAL_API_KEY/],
    ['there is no API key', () => withKey(''), /set TEMPORAL_API_KEY$/],
    [
      'the namespace is unknown',
      () => ({ ...withKey('right'), TEMPORAL_NAMESPACE: 'nowhere' }),
      /no namespace nowhere: see TEMPORAL_NAMESPACE$/,
    ],
    ['it speaks no TLS', () => ({ TEMPORAL_ADDRESS: testTemporalAddress() }), /speaks no TLS at this port$/],
    [
      'it speaks TLS alone',
      () => ({ ...withKey(''), TEMPORAL_TLS_CA: '', TEMPORAL_TLS_SERVER_NAME: '' }),
      /set TEMPORAL_TLS=true$/,
    ],
  ])('says why it refuses where %s', async (_, given, reason) => {
    expect(await temporalRefusal(settings(given()))).toMatch(reason);
  });

  it('takes up a certificate that was renewed on disk without a restart, once its key is there too', async () => {
    const renewed = authority.issue('us');
    const [cert, key] = [file(ours.certPem), file(ours.keyPem)];
    const config = settings({ ...mutualTls(ours), TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key });
    const parts = { temporal: config, deployment: 'renewal', codePath: '', engine: {} as EngineActivities };
    const temporal = createTemporal(config, 0);
    const workers = await startWorkers({
      ...parts,
      queues: ['email'],
      actions: { sendMessage: () => Promise.resolve() },
    });
    const ask = (): Promise<unknown> => temporal.client.connection.workflowService.getSystemInfo({});
    const shown = ({ certPem }: typeof ours): string[] =>
      [...mutual.shown].filter((line) => line.startsWith(new X509Certificate(certPem).serialNumber)).toSorted();
    await ask();
    expect(await workers.renew()).toBe(false);
    writeFileSync(cert, renewed.certPem);
    await ask();
    expect(await workers.renew()).toBe(false);
    expect(shown(renewed)).toEqual([]);
    writeFileSync(key, renewed.keyPem);
    await ask();
    expect(await workers.renew()).toBe(true);
    const number = new X509Certificate(renewed.certPem).serialNumber;
    expect(shown(renewed)).toEqual([`${number} grpc-node-js`, `${number} tonic`]);
    expect(await workers.renew()).toBe(false);
    await Promise.all([workers.stop(), temporal.close()]);
  });

  it('is no refusal where it is away', async () => {
    expect(await temporalRefusal(settings({ TEMPORAL_ADDRESS: '127.0.0.1:9' }))).toBeNull();
  });
});

describe('the settings of TLS to Temporal', () => {
  it.each([
    [
      { TEMPORAL_ADDRESS: 'https://x.tmprl.cloud:7233' },
      'TEMPORAL_ADDRESS: give host:port, without https:// before it',
    ],
    [{ TEMPORAL_TLS_CA: '/nowhere/ca.pem' }, /^TEMPORAL_TLS_CA: it is neither a file that can be read \(ENOENT\)/],
    [{ TEMPORAL_TLS_CA: ours.keyPem }, 'TEMPORAL_TLS_CA: there is no certificate in it'],
    [{ TEMPORAL_TLS_CERT: ended.certPem }, /^TEMPORAL_TLS_CERT: the certificate of CN=us ended on /],
    [{ TEMPORAL_TLS_KEY: ours.certPem }, 'TEMPORAL_TLS_KEY: there is no private key in it'],
    [
      { TEMPORAL_TLS_CERT: ours.certPem },
      'TEMPORAL_TLS_KEY: is missing, and TEMPORAL_TLS_CERT is of no use without it',
    ],
    [{ TEMPORAL_TLS_KEY: ours.keyPem }, 'TEMPORAL_TLS_CERT: is missing, and TEMPORAL_TLS_KEY is of no use without it'],
    [
      { TEMPORAL_TLS_CERT: ours.certPem, TEMPORAL_TLS_KEY: theirs.keyPem },
      'TEMPORAL_TLS_KEY: is not the key of the certificate in TEMPORAL_TLS_CERT',
    ],
    [{ TEMPORAL_API_KEY: 'two words' }, 'TEMPORAL_API_KEY: has white space in it'],
  ])('are refused at start: %s', (given, problem) => {
    expect(problems(() => connectionOptions(settings(given)))).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });

  it('may have their line ends written out, as in one line of an environment file', () => {
    const oneLine = ours.certPem.replaceAll('\n', '\\n');
    const { tls } = connectionOptions(settings({ TEMPORAL_TLS_CERT: oneLine, TEMPORAL_TLS_KEY: ours.keyPem }));
    expect(String(tls?.clientCertPair?.crt)).toBe(ours.certPem);
  });

  it('are read anew from their files each time', () => {
    const path = file(ours.certPem);
    const config = settings({ TEMPORAL_TLS_CA: path });
    writeFileSync(path, theirs.certPem);
    expect(String(connectionOptions(config).tls?.serverRootCACertificate)).toBe(theirs.certPem);
  });
});

function problems(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
