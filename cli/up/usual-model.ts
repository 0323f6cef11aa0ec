import { openWorkerModels } from '../../worker/models.ts';
import type { step } from '../support/output.ts';

/**
 * The settings of API and worker with the model of work that names none: what the service of one's own offers, where the address is given and
 * LLM_MODEL is not. @throws ConfigError which says what to set
 */
export async function withUsualModel(
  settings: Record<string, string>,
  env: Readonly<Record<string, string | undefined>>,
  say: typeof step,
): Promise<Record<string, string>> {
  if (!env['OPENAI_BASE_URL'] || settings['LLM_MODEL']) return settings;
  const usual = await say(`choosing a model of ${settings['OPENAI_BASE_URL']}`, async (tell) => {
    const chosen = await openWorkerModels(settings).chooseUsual();
    tell(`${chosen}; LLM_MODEL sets another one`);
    return chosen;
  });
  return { ...settings, LLM_MODEL: usual };
}
