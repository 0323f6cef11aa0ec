import { defineProvider } from '../provider.ts';
import { hubspot } from './hubspot/provider.ts';
import { salesforce } from './salesforce/provider.ts';
import { crmSettings } from './settings.ts';

const vendors = { hubspot, salesforce };

/** The CRM that the settings name. */
export const crm = defineProvider({
  settings: crmSettings,
  create: (settings) => vendors[settings.CRM_KIND].create(settings),
});
