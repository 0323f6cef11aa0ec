import { startInstallation } from './installation.ts';

/** Starts the installation that test files share, on the servers of `global-setup.ts`, unless another project of the run has. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TL_TEST_INSTALLATION']) return undefined;
  const installation = await startInstallation();
  process.env['TL_TEST_INSTALLATION'] = JSON.stringify(installation.address);
  return () => installation.stop();
}
