import { countLeads, type LeadCount, type LeadsTo } from '../../number-pool/index.js';
import { parseUrl } from '../../platform/parse-url.js';
import { credentialsOf, look, servedAccounts, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';
import { ACCOUNTS_ASKED } from './plivo-account.js';

const NAMED = 5;
const SETUP =
  'masking plivo setup --dry-run shows, and masking plivo setup gives them one with the URLs of this service';

const TROUBLE: Partial<
  Record<LeadsTo, readonly [verdict: typeof failed | typeof warning, words: string, reason: string]>
> = {
  elsewhere: [
    failed,
    'have an application that leads elsewhere',
    'Their calls are answered by something else, so nobody is lent them.',
  ],
  'no-application': [
    failed,
    'have no application',
    'Plivo does not know where to bring their calls, so nobody is lent them.',
  ],
  'application-unknown': [
    failed,
    'have an application that Plivo does not show',
    'Where their calls go is not known, so nobody is lent them.',
  ],
  'method-refused': [
    failed,
    'ask the answer URL by a method that is not taken',
    'Their calls end unanswered, so nobody is lent them.',
  ],
  'hangup-elsewhere': [
    warning,
    'tell hang-ups elsewhere',
    'Calls end here minutes late, when Plivo’s records tell of it.',
  ],
  'fallback-elsewhere': [
    warning,
    'have a fallback that leads elsewhere',
    'Where this service does not answer, something else decides about the call.',
  ],
};

/** Whether there is anything to lend. */
export async function checkNumbers(patient: Patient): Promise<Finding[]> {
  const { database } = patient;
  if (!database) return [skipped('the database does not answer')];
  const accounts = await servedAccounts(patient);
  const counts = await look(database, (manager) => countLeads(manager, accounts)).catch(() => null);
  if (counts === null || accounts.length === 0) return [skipped('nothing was ever migrated: the first start does')];
  const empty = accounts.filter((id) => !counts.some(({ accountId, active }) => accountId === id && active > 0));
  const active = counts.reduce((sum, count) => sum + count.active, 0);
  if (empty.length === 0) return [ok(`${active} active numbers in the pool`)];
  return [
    failed(
      `${empty.slice(0, NAMED).join(', ')}: no number in the pool`,
      'A session needs a number to be lent; each is refused with number_pool_exhausted.',
      'Rent voice numbers at Plivo and wait for the next sync (POST /admin/numbers/sync), or add them: POST /admin/numbers.',
    ),
  ];
}

/** Where Plivo brings the calls of the numbers: from inside as it was last looked at, from outside as Plivo says now. */
export async function checkApplications(patient: Patient): Promise<Finding[]> {
  const { database, listing, isServing } = patient;
  if (!database) return [skipped('the database does not answer')];
  const accounts = (await servedAccounts(patient)).slice(0, ACCOUNTS_ASKED);
  if (accounts.length === 0) return [skipped('no account is known yet')];
  try {
    if (isServing) return judge(await look(database, (manager) => countLeads(manager, accounts)));
    if (listing === null) return [skipped('tokens cannot be read without the key')];
    const counts: LeadCount[] = [];
    for (const accountId of accounts)
      for (const { leadsTo, application } of await listing.run(accountId))
        counts.push({ accountId, leadsTo, application, active: 1 });
    return judge(counts);
  } catch {
    return [skipped('Plivo’s list of numbers could not be read: see plivo-credentials')];
  }
}

function judge(counts: LeadCount[]): Finding[] {
  const found = Object.entries(TROUBLE).flatMap(([lead, [verdict, words, reason]]) => {
    const led = counts.filter(({ leadsTo, active }) => leadsTo === lead && active > 0);
    const numbers = led.reduce((sum, { active }) => sum + active, 0);
    if (numbers === 0) return [];
    const names = [...new Set(led.flatMap(({ application }) => application ?? []))].slice(0, NAMED);
    return [verdict(`${numbers} numbers ${words}${names.length > 0 ? ` (${names.join(', ')})` : ''}`, reason, SETUP)];
  });
  const here = counts.reduce((sum, { active }) => sum + active, 0);
  return found.length > 0 ? found : [ok(`all ${here} numbers lead here, as far as Plivo was asked`)];
}

/** Applications that were made for this service and have kept an address that it no longer has. */
export async function checkApplicationUrls(patient: Patient): Promise<Finding[]> {
  const { publicUrl } = patient.config.http;
  if (patient.isServing) return [skipped('asked of Plivo by masking doctor alone')];
  const accounts = (await servedAccounts(patient)).slice(0, ACCOUNTS_ASKED);
  if (accounts.length === 0) return [skipped('no account is known yet')];
  try {
    const found = await Promise.all(accounts.map((accountId) => formerUrls(patient, accountId)));
    return found.flat().length > 0 ? found.flat() : [ok(`none has another address than ${publicUrl}`)];
  } catch {
    return [skipped('Plivo’s list of applications could not be read: see plivo-credentials')];
  }
}

async function formerUrls(patient: Patient, accountId: string): Promise<Finding[]> {
  const { publicUrl } = patient.config.http;
  const credentials = await credentialsOf(patient, accountId);
  const applications = credentials === null ? [] : await patient.plivo.listApplications(credentials);
  return applications.flatMap(({ name, id, answerUrl }) => {
    const base = answerUrl === null ? null : baseOf(answerUrl, accountId);
    if (base === null || base === publicUrl) return [];
    return failed(
      `application ${name ?? id} leads to ${base}, and PUBLIC_URL is ${publicUrl}`,
      'Calls of its numbers go to the former address, or to another installation.',
      'Where the address has changed: masking plivo setup. Where another installation uses it: leave it.',
    );
  });
}

/** What stands before our own path, or null where the path is none of ours. */
function baseOf(answerUrl: string, accountId: string): string | null {
  const url = parseUrl(answerUrl);
  const path = `/plivo/${accountId}/answer`;
  if (!url?.pathname.replace(/\/$/, '').endsWith(path)) return null;
  return url.origin + url.pathname.replace(/\/$/, '').slice(0, -path.length);
}
