import type { Database } from '../../src/platform/database/database.js';
import { TimeZone } from '../../src/platform/time-zone.js';
import { ACCOUNT } from '../support/ground.js';
import { costOf } from './network.js';
import type { TextProduct } from './processes.js';
import type { TextWorld } from './world.js';

const TABLES = ['text_message', 'text_forward', 'text_notice', 'text_opt_out', 'job', 'webhook_receipt'];
const ENDS = new Set(['unconfirmed', 'rejected', 'sent', 'delivered', 'undelivered', 'failed']);

type Row = Record<string, string | number | null>;

/** What must be in the tables once everything has been heard or found out. */
export class TextBooks {
  constructor(
    private readonly world: TextWorld,
    private readonly database: Database,
    private readonly product: TextProduct,
  ) {}

  async run(): Promise<void> {
    await this.checkEnds();
    await this.checkBill();
    await this.checkLeftBehind();
  }

  private rows(sql: string): Promise<Row[]> {
    return this.database.read((manager) => manager.query(sql));
  }

  /** Every text is known, and has come to an end. */
  private async checkEnds(): Promise<void> {
    const { report, network, fault } = this.world;
    const texts = await this.rows('SELECT message_uuid, decision, reason FROM text_message');
    const known = new Set(texts.map((row) => row['message_uuid']));
    for (const { direction, uuid } of network.texts.values())
      if (direction === 'inbound' && !known.has(uuid)) fault('lost text', uuid);
    for (const { decision, reason } of texts) {
      count(report.decisions, reason === null ? String(decision) : `${decision}:${reason}`);
      if (reason === 'unheard') report.unheard += 1;
      if (decision === 'wait') fault('open end', 'it still waits for its record');
    }
    for (const table of ['text_forward', 'text_notice'])
      for (const { state, id } of await this.rows(`SELECT id, state FROM ${table}`)) {
        count(report.states, `${table.slice(5)}:${state}`);
        if (!ENDS.has(String(state))) fault('open end', `${table} ${id} is ${state}`);
      }
  }

  /** To the micro-unit what Plivo charges, but for what nobody can know that it took. */
  private async checkBill(): Promise<void> {
    const { report, network, fault } = this.world;
    const named = new Set(
      (
        await this.rows(
          'SELECT message_uuid FROM text_forward UNION SELECT message_uuid FROM text_notice UNION SELECT message_uuid FROM text_message',
        )
      ).map((row) => row['message_uuid']),
    );
    const unconfirmed = new Set(
      (
        await this.rows(
          "SELECT id FROM text_forward WHERE state = 'unconfirmed' UNION SELECT id FROM text_notice WHERE state = 'unconfirmed'",
        )
      ).map(({ id }) => id),
    );
    let micros = 0;
    for (const text of network.texts.values()) {
      if (named.has(text.uuid)) micros += costOf(text);
      else if (text.direction === 'outbound') {
        report.unclaimed += 1;
        if (!unconfirmed.has(text.reportId)) fault('wrong bill', 'taken by Plivo, and not told as unconfirmed');
      }
    }
    const time = { from: 0, to: this.world.now + 86_400_000, zone: TimeZone.utc };
    const sums = await this.product.billing.readStats.run({ ...time, accountId: ACCOUNT, groupBy: ['account'] });
    const counted = sums.reduce((sum, { textAmount, textOwnAmount }) => sum + textAmount - textOwnAmount, 0);
    if (counted !== micros) fault('wrong bill', `counted ${counted}, charged ${micros}: ${await this.differing()}`);
    report.micros += micros;
    await this.product.billing.recount.run(false);
    const last = await this.product.billing.recount.last();
    if (last?.textDifferences !== 0 || last.statTextAmount !== last.textAmount)
      fault('wrong bill', `a recount finds ${last?.textDifferences} differences`);
  }

  /** The first leg that costs something else here. */
  private async differing(): Promise<string> {
    for (const table of ['text_message', 'text_forward', 'text_notice'])
      for (const row of await this.rows(`SELECT * FROM ${table} WHERE message_uuid IS NOT NULL`)) {
        const text = this.world.network.texts.get(String(row['message_uuid']));
        const known = Number(row['amount'] ?? 0) + Number(row['carrier_fee'] ?? 0);
        if (text && known !== costOf(text))
          return `${table} ${JSON.stringify({ ...row, body: null })} is ${JSON.stringify({ ...text, text: null })}`;
      }
    return 'every leg agrees';
  }

  /** No real number is readable in any row, and no word of what was written. */
  private async checkLeftBehind(): Promise<void> {
    const secret = new RegExp(`${this.world.phones.real.join('|')}|#\\d+#\\d+`);
    for (const table of TABLES)
      if (secret.test(JSON.stringify(await this.rows(`SELECT * FROM ${table}`))))
        this.world.fault('left behind', table);
    const kept =
      'SELECT id FROM text_forward WHERE body IS NOT NULL UNION SELECT id FROM text_message WHERE body IS NOT NULL';
    if ((await this.rows(kept)).length > 0) this.world.fault('left behind', 'words of a text that is over');
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
