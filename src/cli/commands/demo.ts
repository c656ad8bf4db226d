import { SettingsReader } from '../../platform/settings/config-reader.js';
import { wholeNumber, type Command } from '../command.js';
import { AskSimulator, expectDone, type Credentials } from '../demo/ask-simulator.js';
import { planDay } from '../demo/plan-day.js';
import { playDay } from '../demo/play-day.js';
import { EXIT, Failure } from '../failure.js';

interface Options {
  seed: number;
  sessions: number;
  hours: number;
}

export const demo: Command<Options> = {
  name: 'demo',
  about: 'Fill the simulator with a day of sessions, calls and callbacks',
  more:
    "Through the public API, as a customer does, with phones of the simulator and numbers that are nobody's. The clock of the simulator and its service moves on by the day, and stays there. The same seed plans the same day. " +
    'Refused where calls are real, and in production.',
  options: [
    { flags: '--seed <number>', about: 'which day', read: wholeNumber(0, 4_294_967_295), default: 1 },
    { flags: '--sessions <count>', about: 'how many', read: wholeNumber(1, 2000), default: 40 },
    { flags: '--hours <count>', about: 'how long the day is', read: wholeNumber(1, 168), default: 24 },
  ],
  examples: ['demo', 'demo --seed 7 --sessions 200'],
  at: 'service',
  async run({ out, env, service, signal }, { seed, sessions, hours }) {
    const admin = service();
    const system = await admin.get<{ provider: string; is_production?: boolean }>('/admin/system');
    if (system.provider !== 'simulator')
      throw new Failure('calls are real at this service: a demo needs PROVIDER=simulator');
    if (system.is_production !== false || env['NODE_ENV'] === 'production')
      throw new Failure('this service is in production (NODE_ENV): nothing is made up there');
    const ask = new AskSimulator(admin.address.url, signal);
    const credentials = await credentialsOf(ask, env);
    const day = planDay({ seed, sessions, hours });
    const played = await playDay(ask, credentials, { day, seconds: hours * 3600 }, (until) =>
      out.progress(`${until.sessions + until.sessions_refused} of ${sessions} sessions, ${until.calls} calls`),
    );
    const result = { seed, account: credentials.auth_id, ...played };
    out.show(result, () =>
      out.sheet([
        ['account', result.account],
        ['sessions', result.sessions],
        ['refused by the pool', result.sessions_refused],
        ['calls', result.calls],
        ['of them connected', result.calls_connected],
      ]),
    );
    out.say(
      `The clock of the simulator and its service is ${Math.round(played.advanced_seconds / 3600)} hours further on.`,
    );
  },
};

/** The demo account's own are the simulator's to tell; those that somebody chose are in the settings. */
async function credentialsOf(ask: AskSimulator, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const answer = await ask.control('GET', '/demo-account');
  if (answer.status !== 404) return expectDone("the demo account's credentials", answer) as unknown as Credentials;
  const reader = new SettingsReader(env);
  const [id, token] = [reader.text('PLIVO_AUTH_ID'), reader.text('PLIVO_AUTH_TOKEN')];
  if (id === null || token === null)
    throw new Failure(
      'the account is no demo account: set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN as for the service',
      EXIT.settings,
    );
  return { auth_id: id, auth_token: token };
}
