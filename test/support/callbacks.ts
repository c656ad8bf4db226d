import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Accounts, CallbackTokens } from '../../src/accounts/index.js';
import { Credentials } from '../../src/accounts/credentials.js';
import { ReadCallFacts } from '../../src/call-routing/index.js';
import { AddCallback } from '../../src/callbacks/add-callback.js';
import { formDecoded, partyEvent, type PartyEvent } from '../../src/callbacks/contract.js';
import { CallbackMetrics } from '../../src/callbacks/callback-metrics.js';
import { CallbackTarget } from '../../src/callbacks/callback-target.js';
import { bodyPlace, DeliverCallbacks } from '../../src/callbacks/deliver-callbacks.js';
import { FailingReceivers } from '../../src/callbacks/failing-receivers.js';
import { FollowCallbacks } from '../../src/callbacks/follow-callbacks.js';
import { FindCallbacks } from '../../src/callbacks/find-callbacks.js';
import { PurgeCallbacks } from '../../src/callbacks/purge-callbacks.js';
import { ReaddressCallbacks } from '../../src/callbacks/readdress-callbacks.js';
import { ReplayCallbacks } from '../../src/callbacks/replay-callbacks.js';
import { TellRecordings } from '../../src/callbacks/tell-recordings.js';
import { MediaLinks } from '../../src/recording/media-links.js';
import { FindRecording } from '../../src/recording/index.js';
import { TellCalls } from '../../src/callbacks/tell-calls.js';
import type { Database } from '../../src/platform/database/database.js';
import { Metrics } from '../../src/platform/metrics.js';
import { Outgoing } from '../../src/platform/outgoing/outgoing.js';
import type { SessionRecord } from '../../src/sessions/index.js';
import type { callsOn } from './calls.js';
import { ACCOUNT } from './ground.js';

/** A callback as it lies in the database, its body read. */
export interface StoredCallback {
  id: string;
  event: string;
  sequence: number;
  stream: string;
  status: string;
  attempts: number;
  outcome: string | null;
  params: Record<string, string>;
}

/** The callbacks module's use cases beside a call-routing wired by hand. */
export function callbacksOn(
  database: Database,
  { sessions, jobs, settings, log }: ReturnType<typeof callsOn>,
  { allowPrivate = true }: { allowPrivate?: boolean } = {},
) {
  const { clock, crypto, config, events, findSessionById } = sessions;
  const outgoing = new Outgoing(clock, { allowPrivate });
  const target = new CallbackTarget(config, findSessionById);
  const addCallback = new AddCallback(database, clock, crypto, jobs);
  const tellCalls = new TellCalls(clock, events, target, addCallback, new ReadCallFacts(crypto), settings);
  const metrics = new Metrics();
  const receivers = new FailingReceivers(database, clock, crypto, jobs, events, log);
  const tokens = new CallbackTokens(new Credentials(database, crypto, clock, config));
  const deliverCallbacks = new DeliverCallbacks(
    database,
    clock,
    crypto,
    jobs,
    outgoing,
    tokens,
    receivers,
    new CallbackMetrics(metrics),
    events,
  );
  const replayCallbacks = new ReplayCallbacks(database, clock, crypto, jobs, receivers, target);
  const readdressCallbacks = new ReaddressCallbacks(database, clock, crypto, jobs, events, findSessionById, target);
  const findRecording = new FindRecording(new MediaLinks(config, clock, crypto));
  const tellRecordings = new TellRecordings(
    clock,
    events,
    target,
    addCallback,
    new ReadCallFacts(crypto),
    findRecording,
  );
  const handlers = [deliverCallbacks, replayCallbacks, readdressCallbacks, receivers];
  for (const one of [tellCalls, tellRecordings, ...handlers]) one.onModuleInit();
  return {
    outgoing,
    addCallback,
    target,
    metrics,
    receivers,
    deliverCallbacks,
    replayCallbacks,
    readdressCallbacks,
    findCallbacks: new FindCallbacks(database, crypto),
    followCallbacks: new FollowCallbacks(database, clock, crypto, new Accounts(), tokens),
    purgeCallbacks: new PurgeCallbacks(database, clock, receivers),
    /** Writes callbacks as facts do, one transaction each. Delivery does not look at names; short ones make stories short. */
    tell: async (session: SessionRecord, ...names: string[]): Promise<void> => {
      for (const name of names)
        await database.transaction(async (tx) => {
          const found = await target.find(tx, ACCOUNT, session.id, 'status');
          if (!found) throw new Error('expected a target');
          const occasion = { at: clock.now(), callId: null, from: '14155550001', to: '14155550002' };
          await addCallback.run(tx, found, partyEvent(name as PartyEvent, occasion));
        });
    },
    stored: async (): Promise<StoredCallback[]> => {
      const rows = await database.read<(StoredCallback & { account_id: string; body: string })[]>((manager) =>
        manager.query('SELECT * FROM callback ORDER BY session_id, stream, sequence'),
      );
      return rows.map(({ id, event, sequence, stream, status, attempts, outcome, account_id, body }) => ({
        id,
        event,
        sequence,
        stream,
        status,
        attempts,
        outcome,
        params: Object.fromEntries(formDecoded(crypto.open(bodyPlace(id, account_id), body))),
      }));
    },
  };
}

/** What a receiver heard. */
export interface Heard {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  params: Record<string, string>;
}

export type Reply = number | ((request: IncomingMessage, response: ServerResponse) => void);

/** A customer's server on loopback. `replies` are used up one by one, then 200 is the answer. */
export async function startReceiver(): Promise<{
  url: string;
  heard: Heard[];
  replies: Reply[];
  close: () => Promise<void>;
}> {
  const heard: Heard[] = [];
  const replies: Reply[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const path = request.url ?? '';
      const form = request.method === 'GET' ? (path.split('?')[1] ?? '') : body;
      heard.push({
        method: request.method ?? '',
        path,
        headers: request.headers as Record<string, string>,
        body,
        params: Object.fromEntries(new URLSearchParams(form)),
      });
      const reply = replies.shift() ?? 200;
      if (typeof reply === 'function') reply(request, response);
      else response.writeHead(reply).end('heard');
    });
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    replies,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
