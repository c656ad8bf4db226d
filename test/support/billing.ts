import { Accounts } from '../../src/accounts/index.js';
import { CallFigured, type RecordState } from '../../src/call-routing/index.js';
import { CALLS, LEGS, type CallLeg, type MaskedCall } from '../../src/call-routing/call.entity.js';
import { CountCall } from '../../src/billing-stats/count-call.js';
import { CountText } from '../../src/billing-stats/count-text.js';
import { CountSession } from '../../src/billing-stats/count-session.js';
import type { Grouping, StatsRow } from '../../src/billing-stats/group-stats.js';
import { ReadStats } from '../../src/billing-stats/read-stats.js';
import { Recount } from '../../src/billing-stats/recount.js';
import { RecountTexts } from '../../src/billing-stats/recount-texts.js';
import type { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { Metrics } from '../../src/platform/metrics.js';
import { TimeZone } from '../../src/platform/time-zone.js';
import type { callsOn } from './calls.js';
import { ACCOUNT } from './ground.js';

const DAY_MS = 86_400_000;

/** The billing module's use cases beside a call-routing wired by hand, and legs as webhooks would have left them. */
export function billingOn(database: Database, { sessions, jobs, settings, spend, log }: ReturnType<typeof callsOn>) {
  const { clock, events } = sessions;
  const metrics = new Metrics();
  const accounts = new Accounts();
  const countCall = new CountCall(database, clock, events, settings, spend);
  const countText = new CountText(database, events, settings, spend, sessions.textTotals);
  const recountTexts = new RecountTexts(database, countText);
  const recount = new Recount(database, clock, jobs, events, log, countCall, recountTexts);
  const readStats = new ReadStats(database, accounts);
  for (const one of [countCall, countText, new CountSession(database, events), recount]) one.onModuleInit();

  /** A leg that has ended, unless told otherwise. */
  const leg = (legUuid: string, facts: Partial<CallLeg> = {}): Promise<void> =>
    database.transaction((tx) =>
      LEGS.insert(tx, {
        accountId: ACCOUNT,
        legUuid,
        side: 'A',
        isAnswered: true,
        isConnected: false,
        isEnded: true,
        startedAt: clock.now(),
        endedAt: clock.now(),
        ...facts,
      }),
    );
  return {
    countCall,
    recount,
    readStats,
    metrics,
    leg,
    /** A call of this A leg. */
    call: async (aLegUuid: string, facts: Partial<MaskedCall> = {}): Promise<string> => {
      const id = newId();
      await database.transaction((tx) =>
        CALLS.insert(tx, {
          id,
          accountId: ACCOUNT,
          kind: 'inbound',
          aLegUuid,
          pinAttempts: 0,
          decision: 'connect',
          reason: 'party',
          answer: '',
          createdAt: clock.now(),
          ...facts,
        }),
      );
      return id;
    },
    learn: (legUuid: string, facts: Partial<CallLeg>): Promise<unknown> =>
      database.transaction((tx) => LEGS.update(tx, facts, 'WHERE leg_uuid = ?', [legUuid])),
    /** As whoever has learned something of the call announces it. */
    figured: (
      aLegUuid: string,
      { accountId = ACCOUNT, number = null as string | null, records = 'open' as RecordState } = {},
    ): Promise<void> =>
      database.transaction((tx) => events.publish(tx, new CallFigured(accountId, aLegUuid, number, records))),
    /** `key calls connected talk billed amount sessions fees`, a line for each row. */
    stats: async (groupBy: Grouping, accountId?: string): Promise<string[]> => {
      const time = { from: 0, to: clock.now() + 400 * DAY_MS, zone: TimeZone.utc };
      const rows = await readStats.run({ accountId, ...time, groupBy: [groupBy] });
      return rows.map(line);
    },
  };
}

export function line(row: StatsRow): string {
  const { key, calls, connected, talkSeconds, billedSeconds, amount, sessions, fees } = row;
  return [key, calls, connected, talkSeconds, billedSeconds, amount, sessions, fees].join(' ');
}
