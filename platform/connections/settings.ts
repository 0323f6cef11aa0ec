import { baseUrl } from '../base-url.ts';

/** Where the CRM of the installation is; that of a stand-in is used by workspaces with credentials of their own too. */
export const crmAddressSettings = {
  CRM_BASE_URL: baseUrl.default('http://127.0.0.1:4412').describe('base URL of the CRM'),
};
