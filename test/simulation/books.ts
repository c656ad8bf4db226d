import type { Database } from '../../src/platform/database/database.js';
import { ACCOUNT, OWNER } from '../support/ground.js';
import type { ModelSession } from './model.js';
import { billedOf, costOf, secondsOf, type NetworkCall } from './network-call.js';
import type { World } from './world.js';

/** What must be in the tables once everything has been heard or found out. */
export class Books {
  constructor(
    private readonly world: World,
    private readonly database: Database,
  ) {}

  async run(): Promise<void> {
    await this.checkInteractions();
    await this.checkStrangers();
    await this.checkCleartext();
  }

  /** Each conversation is over, and costs what the network charged. */
  private async checkInteractions(): Promise<void> {
    const { world } = this;
    const bySession = new Map<string, NetworkCall[]>();
    for (const call of world.network.calls.values()) {
      if (call.path) bySession.set(call.path.sessionId, [...(bySession.get(call.path.sessionId) ?? []), call]);
    }
    for (const session of world.oracle.sessions) {
      const answer = await world.product.sessions.findSession.run(OWNER, session.id);
      if (answer.status === 'in-progress') world.fault('stuck session', 'in progress with nobody on the phone');
      this.checkParties(session, answer);
      for (const call of bySession.get(session.id) ?? []) {
        const told = (answer.interaction ?? []).find((one) =>
          [one.first_party_resource_url, one.second_party_resource_url].some((url) => url?.endsWith(call.uuid)),
        );
        const legs = call.b ? [call.a, call.b] : [call.a];
        const isRight =
          told !== undefined &&
          told.end_time !== '' &&
          told.total_call_count === legs.length &&
          told.duration === sum(legs.map(secondsOf)) &&
          told.call_billed_duration === sum(legs.map(billedOf)) &&
          Math.round(told.total_call_amount * 1e6) === costOf(call.a, 'A') + (call.b ? costOf(call.b, 'B') : 0);
        if (!isRight) world.fault('wrong bill', `${call.uuid}: ${JSON.stringify(told)}`);
      }
    }
  }

  private checkParties(session: ModelSession, told: { first_party: string; second_party: string }): void {
    const isSame =
      told.first_party === (session.parties.first ?? '') && told.second_party === (session.parties.second ?? '');
    if (!isSame) this.world.fault('stranger stored', `parties of ${session.id}`);
  }

  /** Nobody is on a number who was never named as a party there. */
  private async checkStrangers(): Promise<void> {
    const { oracle, phones, product } = this.world;
    const rows = (await this.database.read((manager) =>
      manager.query(
        'SELECT n.number, a.party_index FROM number_assignment a JOIN virtual_number n ON n.id = a.virtual_number_id',
      ),
    )) as { number: string; party_index: string }[];
    for (const number of phones.numbers) {
      const named = oracle
        .on(number)
        .flatMap(({ parties, left }) => [parties.first, parties.second, ...left.map(({ party }) => party)])
        .filter((party) => party !== null)
        .map((party) => product.sessions.records.partyIndex(ACCOUNT, party));
      const known = new Set<string | null>(named);
      const strangers = rows.filter((row) => row.number === number && !known.has(row.party_index));
      if (strangers.length > 0) this.world.fault('stranger stored', `${strangers.length} on a number`);
    }
  }

  /** No real number is readable in any row. */
  private async checkCleartext(): Promise<void> {
    const anyPhone = new RegExp(this.world.phones.real.join('|'));
    for (const table of ['masked_call', 'call_leg', 'interaction', 'call_request', 'call_answer', 'pin_failure']) {
      const rows = await this.database.read((manager) => manager.query(`SELECT * FROM ${table}`));
      if (anyPhone.test(JSON.stringify(rows))) this.world.fault('stranger stored', `a number in clear in ${table}`);
    }
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
