import { AccountSettings, DailyCaps, Spend } from '../../src/accounts/index.js';
import { AnswerCall } from '../../src/call-routing/answer/answer-call.js';
import { AnswerDeadline } from '../../src/call-routing/answer/answer-deadline.js';
import { AnswerDigits } from '../../src/call-routing/answer/answer-digits.js';
import { CallBook } from '../../src/call-routing/answer/call-book.js';
import { ReadCaller } from '../../src/call-routing/answer/read-caller.js';
import { ReadSeat } from '../../src/call-routing/answer/read-seat.js';
import { ReserveSpend } from '../../src/call-routing/answer/reserve-spend.js';
import { Rush } from '../../src/call-routing/answer/rush.js';
import { NoteDial } from '../../src/call-routing/facts/note-dial.js';
import { NoteHangup } from '../../src/call-routing/facts/note-hangup.js';
import { SetUpCauses } from '../../src/call-routing/facts/set-up-causes.js';
import { JudgePin } from '../../src/call-routing/pin/judge-pin.js';
import { PinLocks } from '../../src/call-routing/pin/pin-locks.js';
import { JoinRecords } from '../../src/call-routing/records/join-records.js';
import { ReconcileCall } from '../../src/call-routing/records/reconcile-call.js';
import { CloseRequest } from '../../src/call-routing/requested/close-request.js';
import { ConnectSecondParty } from '../../src/call-routing/requested/connect-second-party.js';
import { NoteRinging } from '../../src/call-routing/requested/note-ringing.js';
import { RequestCall } from '../../src/call-routing/requested/request-call.js';
import { RingFirstParty } from '../../src/call-routing/requested/ring-first-party.js';
import { OwnCountries } from '../../src/number-pool/own-countries.js';
import type { PlivoAccess } from '../../src/accounts/index.js';
import type { PlivoClient } from '../../src/plivo/index.js';
import type { Clock } from '../../src/platform/clock.js';
import type { LoopLag } from '../../src/platform/loop-lag.js';
import type { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { Metrics } from '../../src/platform/metrics.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { FakeClock, sessionsOn } from './ground.js';

/** An answer's deadline on a machine that is not busy. */
export function deadlineOn(database: Database, clock: Clock, settings: AccountSettings): AnswerDeadline {
  const log = createLogger({ level: 'silent', format: 'json' });
  const lag = { ms: 0 } as LoopLag;
  return new AnswerDeadline(database, clock, log, settings, lag, new Rush(database, lag), new Metrics());
}

/** The call-routing module's use cases on a real database, wired by hand. `plivo`: who is asked to place calls and for their records. */
export function callsOn(
  database: Database,
  {
    clock = new FakeClock(),
    key = Buffer.alloc(32, 3),
    plivo,
    env = {},
  }: { clock?: Clock; key?: Buffer<ArrayBuffer>; plivo?: unknown; env?: Record<string, string> } = {},
) {
  const sessions = sessionsOn(database, clock, key, env);
  const { config, crypto, events, findRoute, findStrangers, findSessionById } = sessions;
  const client = (plivo ?? {}) as PlivoClient;
  const access = {
    of: async (_accountId: string, subaccountId: string | null = null) => ({
      authId: subaccountId ?? 'MA',
      authToken: 'x',
    }),
  } as unknown as PlivoAccess;
  const log = createLogger({ level: 'silent', format: 'json' });
  const jobs = new Jobs(database, clock, config, log);
  const settings = new AccountSettings(database, clock, config);
  const spend = new Spend(database, clock, jobs, events, log, new Metrics());
  const dailyCaps = new DailyCaps(database, clock, jobs, log, new Metrics());
  const reserveSpend = new ReserveSpend(spend, dailyCaps, sessions.records);
  const readSeat = new ReadSeat(clock, crypto, config);
  const setUpCauses = new SetUpCauses(log, new Metrics());
  const pinLocks = new PinLocks(database, clock, crypto, log, new Metrics());
  const deadline = deadlineOn(database, clock, settings);
  const callBook = new CallBook(clock, config, crypto, events, jobs, reserveSpend, sessions.records);
  const readCaller = new ReadCaller(clock, findRoute, findStrangers, pinLocks);
  const judgePin = new JudgePin(events, findStrangers, findSessionById, pinLocks);
  const noteHangup = new NoteHangup(database, clock, events, jobs, setUpCauses);
  const requestCall = new RequestCall(clock, events, jobs);
  const ringFirstParty = new RingFirstParty(
    database,
    clock,
    config,
    crypto,
    jobs,
    client,
    access,
    settings,
    findSessionById,
    reserveSpend,
  );
  const reconcileCall = new ReconcileCall(
    database,
    clock,
    jobs,
    new JoinRecords(database, clock, events),
    client,
    access,
  );
  for (const one of [new OwnCountries(settings), spend, dailyCaps, requestCall, ringFirstParty, reconcileCall])
    one.onModuleInit();
  return {
    sessions,
    jobs,
    log,
    settings,
    spend,
    dailyCaps,
    answerCall: new AnswerCall(deadline, readCaller, findSessionById, readSeat, callBook),
    answerDigits: new AnswerDigits(deadline, database, findSessionById, judgePin, readSeat, callBook),
    connectSecondParty: new ConnectSecondParty(deadline, database, crypto, findSessionById, readSeat, callBook),
    noteHangup,
    noteRinging: new NoteRinging(database, clock, jobs),
    closeRequest: new CloseRequest(database, clock, crypto, jobs, noteHangup, findSessionById, sessions.records),
    noteDial: new NoteDial(database, clock, events, setUpCauses),
    ringFirstParty,
    reconcileCall,
  };
}
