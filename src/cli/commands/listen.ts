import { setTimeout as delay } from 'node:timers/promises';
import type { Command, Context } from '../command.js';
import { streamEvents } from '../event-stream.js';
import { EXIT, Failure } from '../failure.js';
import { forward, type Forwarded, type ForwardRequest } from '../forward.js';
import { moment, REVEAL } from '../lists.js';
import { jsonLine, plain } from '../output.js';
import type { Query, Service } from '../service.js';

interface Callback {
  id: string;
  account: string;
  session_uuid: string;
  sequence_number: number;
  event: string;
  created_at: string;
  parameters: Record<string, string>;
  request: ForwardRequest | null;
}

interface Options {
  account: string;
  forwardTo?: string;
  reveal?: boolean;
}

/** The service says something every 15 s: a connection on which nothing came for this long is none any more. */
const SILENT_MS = 45_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** What is told twice is told within ten seconds. */
const REMEMBERED = 5000;

export const listen: Command<Options> = {
  name: 'listen',
  about: "Show an account's callbacks as they are made, and bring them to a URL of this machine",
  more:
    'Each is brought with the signatures that a receiver checks, made by the service for that URL, in order and once; what the receiver answers is shown and changes nothing. Only sessions with a ' +
    'callback_url have callbacks. Numbers are masked, in what is brought too, unless --reveal. It goes on after a restart of the service, until Ctrl-C. For support and admin; it is audited.',
  options: [
    { flags: '--account <id>', about: 'whose callbacks', isRequired: true },
    { flags: '--forward-to <url>', about: 'where to, such as http://127.0.0.1:3000/hook' },
    REVEAL,
  ],
  examples: [
    'listen --account MAXXXXXXXXXXXXXXXXXX',
    'listen --account MAXXXXXXXXXXXXXXXXXX --forward-to http://127.0.0.1:3000/hook --reveal',
    'listen --account MAXXXXXXXXXXXXXXXXXX --json | jq .event',
  ],
  at: 'service',
  async run(context, { account, forwardTo, reveal }) {
    const { out, signal } = context;
    const admin = context.service();
    const query = { account, sign_for: forwardTo, reveal };
    if (forwardTo !== undefined && !reveal)
      out.say('Numbers are masked in what is brought; with --reveal they are whole.');
    const told = new Heard();
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await listenOnce(context, admin, query, told, () => (pause = FIRST_PAUSE_MS / 2));
      } catch (error) {
        if (signal.aborted) return;
        // What is refused is refused the next time too; a cut connection is no refusal.
        const isRefused = error instanceof Failure && error.exitCode !== EXIT.notReachable;
        if (isRefused || !told.wasConnected) throw error;
      }
      if (signal.aborted) return;
      if (told.isConnected) out.say('The connection is cut; trying again until it is there.');
      told.isConnected = false;
      await delay(pause, null, { signal }).catch(() => undefined);
    }
  },
};

/** What was told already, so that a cut connection tells nothing twice. */
class Heard {
  isConnected = false;
  wasConnected = false;
  last: string | undefined;
  private readonly ids = new Set<string>();

  isNew(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    for (const oldest of this.ids) {
      if (this.ids.size <= REMEMBERED) break;
      this.ids.delete(oldest);
    }
    return true;
  }
}

async function listenOnce(
  { out, signal }: Context,
  admin: Service,
  query: Query,
  told: Heard,
  connected: () => void,
): Promise<void> {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENT_MS);
  };
  try {
    const asked = { query: { ...query, after: told.last }, isStream: true, signal: silent.signal };
    const answer = await admin.ask('GET', '/admin/callbacks/listen', asked);
    out.say(`Listening to the callbacks of ${String(query['account'])}. Ctrl-C ends it.`);
    told.wasConnected = told.isConnected = true;
    connected();
    for await (const { id, event, data } of streamEvents(answer.body ?? empty(), heard)) {
      if (event !== 'callback') continue;
      const callback = JSON.parse(data) as Callback;
      told.last = id;
      if (!told.isNew(callback.id)) continue;
      const { request, ...shown } = callback;
      const forwarded = request === null ? null : await forward(request, signal);
      if (signal.aborted) return;
      out.write(out.isJson ? jsonLine({ ...shown, forwarded }) : line(callback, forwarded));
    }
  } finally {
    clearTimeout(timer);
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}

function line(
  { created_at: at, event, session_uuid: session, sequence_number: number, parameters }: Callback,
  forwarded: Forwarded | null,
): string {
  const { From: from = '', To: to = '' } = parameters;
  const parties = from === '' && to === '' ? '' : `  ${from || '?'} > ${to || '?'}`;
  const what = `${String(moment(at))}  ${event} #${number}  ${session}${parties}`;
  if (forwarded === null) return plain(what);
  const came = forwarded.status === null ? (forwarded.error ?? 'failed') : String(forwarded.status);
  return plain(`${what}  -> ${came} in ${forwarded.ms} ms`);
}
