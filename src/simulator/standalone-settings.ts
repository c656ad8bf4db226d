import { parseUrl } from '../platform/parse-url.js';
import {
  parseAuthId,
  parseBaseUrl,
  parseHost,
  parseInteger,
  parseToken,
  type Parsed,
} from '../platform/settings/config-formats.js';
import { DEMO_NUMBERS, servicesOf, type SimulatedNumber } from './calls/account.js';
import { serviceWebhooks } from './service-webhooks.js';

/** How the simulated Plivo runs in a process of its own. */
export interface StandaloneSettings {
  host: string;
  port: number;
  /** Without slash at the end. */
  publicUrl: string;
  authId: string;
  authToken: string;
  isTokenGiven: boolean;
  answerUrl: string;
  hangupUrl: string;
  messageUrl: string;
  numbers: readonly SimulatedNumber[];
}

/** Every setting: its default, or in words what it is taken from, and what it means. */
const SETTINGS = {
  HOST: ['127.0.0.1', 'Address to listen on; 0.0.0.0 or :: for all.'],
  PORT: ['8421', 'Port to listen on.'],
  PUBLIC_URL: [
    'http://HOST:PORT',
    "Where the service reaches this Plivo: base of its REST API and its recordings' addresses.",
  ],
  PLIVO_AUTH_ID: ['MASIMULATEDPLIVO0000', 'The account that is simulated.'],
  PLIVO_AUTH_TOKEN: ['simulated-plivo-no-secret', 'Its token: lets requests in and signs webhooks.'],
  SERVICE_URL: ['http://127.0.0.1:8420', 'PUBLIC_URL of the service: calls are told to its /plivo/PLIVO_AUTH_ID/.'],
  ANSWER_URL: ['SERVICE_URL/plivo/...', 'Another address that is asked what to do with a call.'],
  HANGUP_URL: ['SERVICE_URL/plivo/...', "Another address that is told a call's end."],
  NUMBERS: [DEMO_NUMBERS.map(({ number }) => number).join(), 'The numbers that the account rents, with commas.'],
} as const;
type Name = keyof typeof SETTINGS;

/** Everything that is wrong with the settings, told at once. */
export class WrongSettings extends Error {}

/** Throws WrongSettings. Empty counts as absent. */
export function readStandaloneSettings(env: NodeJS.ProcessEnv): StandaloneSettings {
  const problems: string[] = [];
  const read = <Value>(name: Name, parse: (text: string) => Parsed<Value>): Value | null => {
    const text = env[name] ?? '';
    const parsed = text === '' ? null : parse(text);
    if (parsed === null || 'value' in parsed) return parsed?.value ?? null;
    problems.push(`  ${name}  ${parsed.expected}`);
    return null;
  };

  const host = read('HOST', parseHost) ?? SETTINGS.HOST[0];
  const port = read('PORT', (text) => parseInteger(text, 1, 65_535)) ?? Number(SETTINGS.PORT[0]);
  const publicUrl = read('PUBLIC_URL', parseBaseUrl) ?? urlOf(host, port);
  const authId = read('PLIVO_AUTH_ID', parseAuthId) ?? SETTINGS.PLIVO_AUTH_ID[0];
  const authToken = read('PLIVO_AUTH_TOKEN', parseToken);
  const service = serviceWebhooks(read('SERVICE_URL', parseBaseUrl) ?? SETTINGS.SERVICE_URL[0], authId);
  const settings = {
    host,
    port,
    publicUrl,
    authId,
    authToken: authToken ?? SETTINGS.PLIVO_AUTH_TOKEN[0],
    isTokenGiven: authToken !== null,
    answerUrl: read('ANSWER_URL', parseWebhookUrl) ?? service.answerUrl,
    hangupUrl: read('HANGUP_URL', parseWebhookUrl) ?? service.hangupUrl,
    messageUrl: service.messageUrl,
    numbers: read('NUMBERS', parseNumbers) ?? DEMO_NUMBERS,
  };
  if (problems.length > 0) {
    throw new WrongSettings(`Wrong settings; npm run simulator -- --help lists all:\n${problems.join('\n')}`);
  }
  return settings;
}

/** What `--help` prints. */
export function standaloneHelp(): string {
  const lines = Object.entries(SETTINGS).flatMap(([name, [absent, sentence]]) => [
    `  ${name.padEnd(18)}${sentence}`,
    `  ${''.padEnd(18)}Default: ${absent}`,
  ]);
  return [
    'npm run simulator: a simulated Plivo in a process of its own, all in memory.',
    'Start the service with PROVIDER=plivo and PLIVO_API_URL=http://HOST:PORT/simulator.',
    '',
    'Settings, from the environment:',
    ...lines,
    '',
  ].join('\n');
}

/** What listens to every address is reached at this machine's own. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** May have a query and, behind a `#`, Plivo's options. */
function parseWebhookUrl(text: string): Parsed<string> {
  const isUrl = /^https?:\/\/[^/]/i.test(text) && parseUrl(text) !== null;
  return isUrl ? { value: text } : { expected: 'expected an absolute http or https URL' };
}

function parseNumbers(text: string): Parsed<SimulatedNumber[]> {
  const numbers = text.split(',').map((part) => part.trim().replace('+', ''));
  if (numbers.every((number) => /^[1-9]\d{6,14}$/.test(number)))
    return { value: numbers.map((number) => ({ number, services: servicesOf(number) })) };
  return { expected: 'expected international numbers, such as 14155550100,442079460001' };
}
