import { isDatabaseOutage } from '../../platform/database/outage.js';
import { ProviderBusy, ProviderRefused, signatureSelfTest } from '../../plivo/index.js';
import { credentialsOf, servedAccounts, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

/** Of an installation with more accounts the oldest are asked: Plivo counts requests. */
export const ACCOUNTS_ASKED = 20;

/** Whether Plivo lets each account in, and has money for its calls. */
export async function checkPlivoCredentials(patient: Patient): Promise<Finding[]> {
  const accounts = await servedAccounts(patient);
  if (accounts.length === 0) return [skipped('no account is known yet')];
  return Promise.all(accounts.slice(0, ACCOUNTS_ASKED).map((accountId) => checkAccount(patient, accountId)));
}

async function checkAccount(patient: Patient, accountId: string): Promise<Finding> {
  const credentials = await credentialsOf(patient, accountId);
  if (credentials === null) return skipped(`the token of ${accountId} cannot be read without key and database`);
  try {
    const { name, cashCredits, billingMode } = await patient.plivo.readAccount(credentials);
    const whose = `${accountId}${name === null ? '' : ` (${name})`}`;
    if (cashCredits !== null && cashCredits <= 0 && billingMode !== 'postpaid')
      return warning(
        `${whose} has no credit left at Plivo`,
        'Plivo ends calls of an account without credit.',
        'Add credit in Plivo’s console, or switch on its automatic recharge.',
      );
    return ok(`Plivo lets ${whose} in`);
  } catch (error) {
    return refused(accountId, patient, error);
  }
}

function refused(accountId: string, { config, isServing }: Patient, error: unknown): Finding {
  const isSimulated = config.provider.kind === 'simulator';
  if (error instanceof ProviderRefused && (error.status === 401 || error.status === 404))
    return failed(
      `Plivo refuses the credentials of ${accountId} (status ${error.status})`,
      'Webhooks are signed with the right token and refused here; numbers, call records and recordings cannot be read.',
      config.provider.firstAccount?.authId === accountId
        ? 'Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN to what Plivo’s console shows, and restart.'
        : 'PUT /admin/accounts/{auth_id}/plivo-token with the token that Plivo’s console shows.',
    );
  if (error instanceof ProviderRefused)
    return failed(
      `Plivo refuses ${accountId} with status ${error.status}`,
      'Numbers, call records and recordings cannot be read, and no call can be requested.',
      'Look whether Plivo has locked the account, or lets in certain addresses only (console, API access).',
    );
  if (error instanceof ProviderBusy) return skipped('Plivo asks to slow down');
  if (isSimulated && !isServing) return skipped('the simulator runs with the service, which does not');
  if (isDatabaseOutage(error)) return skipped('the database does not answer');
  return failed(
    `Plivo does not answer at ${config.provider.apiUrl}: ${error instanceof Error ? error.message : 'unknown'}`,
    'Numbers, call records and recordings cannot be read, and no call can be requested.',
    'Look at PLIVO_API_URL, at the DNS and at firewalls for what goes out of here.',
  );
}

/** Whether what Plivo signs would be taken: a vector of Plivo's own, and what each account's token signs for PUBLIC_URL. */
export async function checkSignature(patient: Patient): Promise<Finding> {
  const { publicUrl } = patient.config.http;
  const accounts = (await servedAccounts(patient)).slice(0, ACCOUNTS_ASKED);
  const credentials = await Promise.all(accounts.map((accountId) => credentialsOf(patient, accountId)));
  const tokens = credentials.flatMap((each) => (each === null ? [] : [each.authToken]));
  if (signatureSelfTest(publicUrl, tokens)) return ok(`signatures over ${publicUrl}/plivo/... are checked rightly`);
  return failed(
    `signatures over ${publicUrl}/plivo/... do not come out as Plivo makes them`,
    'Every webhook would be refused.',
    'Report this with the version of Node and of this service.',
  );
}
