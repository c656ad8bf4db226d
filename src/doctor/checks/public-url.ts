import type { Identity } from '../ask-identity.js';
import { isAmong, processesHere } from '../processes-here.js';
import type { Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

const REASON = 'Plivo calls every URL below it, and signs each: what does not come here is a call that nobody answers.';
const NOT_HERE = 'Correct PUBLIC_URL, or let the proxy that has this name lead to this service.';
/** What a proxy says that does not reach whom it stands for. */
const FROM_PROXIES = new Set([502, 503, 504, 521, 522, 523]);

/** Whether PUBLIC_URL leads to a process of this installation: what answers there must know the id of one. */
export async function checkPublicUrl(patient: Patient): Promise<Finding[]> {
  const { publicUrl } = patient.config.http;
  const found = [insecure(patient), ...(await leads(patient, publicUrl))].filter((finding) => finding !== null);
  return found.length > 0 ? found : [ok(`${publicUrl} leads here`)];
}

async function leads(patient: Patient, publicUrl: string): Promise<Finding[]> {
  const { isServing, config } = patient;
  if (config.http.port === 0) return [];
  if (config.provider.kind === 'plivo' && config.http.publicUrlIsDefault)
    return [
      failed(
        `PUBLIC_URL is not set: ${publicUrl}`,
        REASON,
        'Set PUBLIC_URL to the https address under which the internet reaches this service.',
      ),
    ];
  const here = await processesHere(patient);
  if (here === null) return [skipped('who serves here only the database can tell, which does not answer')];
  const answered = await patient.identify(publicUrl);
  if (isAmong(here, answered)) return [];
  if (answered.kind === 'nobody' && here.length === 0) return [skipped('the service is not running')];
  return [unreached(publicUrl, answered, isServing)];
}

function unreached(publicUrl: string, answered: Identity, isServing: boolean): Finding {
  if (answered.kind === 'nobody') return unanswered(publicUrl, answered.code, isServing);
  if (answered.kind === 'ours')
    return failed(`${publicUrl} leads to another installation of this service`, REASON, NOT_HERE);
  const { status, location } = answered;
  if (location !== null)
    return failed(
      `${publicUrl} redirects to ${location.slice(0, 200)}`,
      'Plivo does not follow redirects, and the signature covers the address that it was told.',
      'Set PUBLIC_URL to the address at the end of the redirects.',
    );
  if (FROM_PROXIES.has(status))
    return failed(
      `${publicUrl} answers with status ${status}: the proxy there does not reach this service`,
      REASON,
      'Look at the address and port that the proxy leads to, and whether HOST lets it in (0.0.0.0 for other machines).',
    );
  if (status === 401 || status === 403)
    return failed(
      `${publicUrl} answers with status ${status}`,
      'Plivo has no password for it; its requests are signed, and checked here.',
      'Let PUBLIC_URL/plivo/ and PUBLIC_URL/livez pass the proxy without a log-in.',
    );
  return failed(`${publicUrl} leads to something else, which answers with status ${status}`, REASON, NOT_HERE);
}

function unanswered(publicUrl: string, code: string, isServing: boolean): Finding {
  if (/CERT|TLS|SSL|ALTNAME|SELF_SIGNED/.test(code))
    return failed(
      `${publicUrl}: the certificate is not accepted (${code})`,
      'Plivo does not take it either.',
      'Give the proxy a certificate of a public authority for this name, with all that stands between.',
    );
  const found = `${publicUrl} is not reached from here (${code})`;
  const outside = `from another network: curl ${publicUrl}/livez`;
  if (/ENOTFOUND|EAI_AGAIN/.test(code))
    return failed(found, `${REASON} Its name is unknown.`, 'Correct PUBLIC_URL, or enter the name in the DNS.');
  return (isServing ? warning : failed)(
    found,
    `${REASON} Some networks do not lead their own machines back to their public address; then only somebody outside can tell.`,
    `Look ${outside}. Where that fails too, correct PUBLIC_URL, the proxy or the firewall.`,
  );
}

function insecure({ config: { http, provider } }: Patient): Finding | null {
  if (provider.kind !== 'plivo' || http.publicUrlIsDefault || http.publicUrl.startsWith('https:')) return null;
  return warning(
    `${http.publicUrl} is not https`,
    'Numbers of both parties travel in clear between Plivo and here; with NODE_ENV=production the start is refused.',
    'Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.',
  );
}
