import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { ERASE } from './carry-out-erasure.js';
import {
  ERASURES,
  NOTHING,
  personPlace,
  type Erasure,
  type ErasureWaits,
  type PersonCounts,
} from './erasure.entity.js';
import { FindPerson, type PersonAsked } from './find-person.js';

const SHOWN = selection(ERASURES.pick(['id', 'status', 'askedAt', 'finishedAt', 'found', 'erased', 'waiting']));

export interface ShownErasure extends Pick<Erasure, 'id' | 'status' | 'askedAt' | 'finishedAt'> {
  found: PersonCounts;
  erased: PersonCounts;
  waiting: ErasureWaits | null;
}

/** Takes down that a person is to be erased; a job does it. */
@Injectable()
export class OrderErasure {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly findPerson: FindPerson,
  ) {}

  /** Asked before the transaction: refuses an account that there is not. */
  async check({ accountId }: PersonAsked): Promise<void> {
    await this.findPerson.accountsOf(accountId);
  }

  /** Returns the erasure's id. Asked again while it runs, or later, it finds what is left: nothing, once it is done. */
  async run(tx: Tx, { number, accountId = undefined }: PersonAsked): Promise<string> {
    const id = newId();
    await ERASURES.insert(tx, {
      id,
      status: 'running',
      person: this.crypto.seal(personPlace(id), number),
      accountId: accountId ?? null,
      askedAt: this.clock.now(),
      erased: JSON.stringify(NOTHING),
    });
    await this.jobs.enqueue(tx, ERASE, { erasureId: id }, { key: `${ERASE}:${id}` });
    return id;
  }

  /** How far it is. Refuses one that nobody ordered. */
  async show(id: string): Promise<ShownErasure> {
    const [row] = await this.database.read((manager) => SHOWN.read(manager, 'FROM erasure WHERE id = ?', [id]));
    if (!row) throw new NotFound('no erasure has this id');
    return {
      ...row,
      found: row.found === null ? NOTHING : (JSON.parse(row.found) as PersonCounts),
      erased: JSON.parse(row.erased) as PersonCounts,
      waiting: row.waiting === null ? null : (JSON.parse(row.waiting) as ErasureWaits),
    };
  }
}
