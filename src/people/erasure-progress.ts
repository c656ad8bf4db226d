import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { ERASURE_RECORDINGS, ERASURES, type Erasure, type ErasureWaits, type PersonCounts } from './erasure.entity.js';

const ROW = selection(ERASURES.fields());
const RECORDING = selection(ERASURE_RECORDINGS.pick(['recordingId']));

/** What one transaction of an erasure has erased. */
export interface Erased extends Partial<Omit<PersonCounts, 'recordings'>> {
  /** Whose copies are to be deleted; they count when they are. */
  recordings?: string[];
}

/** Another worker has ended this erasure, or it was given up: nothing more is done in its name. */
export class ErasureIsOver extends Error {
  override readonly name = 'ErasureIsOver';
}

/** Keeps with an erasure how far it is, in the transactions that bring it there: so what is counted is what is gone, whoever is killed when. */
@Injectable()
export class ErasureProgress {
  constructor(private readonly database: Database) {}

  async read(id: string): Promise<Erasure | null> {
    const [row] = await this.database.read((manager) => ROW.read(manager, 'FROM erasure WHERE id = ?', [id]));
    return row ?? null;
  }

  /** First in each transaction: two workers that have the same erasure take turns. */
  async hold(tx: Tx, id: string): Promise<Erasure> {
    const [row] = await ROW.read(tx, `FROM erasure WHERE id = ? ${this.database.forUpdate}`, [id]);
    if (row?.status !== 'running') throw new ErasureIsOver();
    return row;
  }

  /** Last in it. */
  async add(tx: Tx, { id, erased }: Erasure, more: Erased): Promise<void> {
    const total = JSON.parse(erased) as PersonCounts;
    for (const name of ['sessions', 'calls', 'callbacks', 'texts'] as const) total[name] += more[name] ?? 0;
    await ERASURES.update(tx, { erased: JSON.stringify(total) }, 'WHERE id = ?', [id]);
    // A recording may be of two people, each with an erasure of their own.
    await ERASURE_RECORDINGS.insert(
      tx,
      (more.recordings ?? []).map((recordingId) => ({ erasureId: id, recordingId })),
    );
  }

  async found(id: string, counts: PersonCounts): Promise<void> {
    await this.change(id, async () => ({ found: JSON.stringify(counts) }));
  }

  async waits(id: string, waits: ErasureWaits): Promise<void> {
    const isAny = Object.values(waits).some((count) => count > 0);
    await this.change(id, async () => ({ waiting: isAny ? JSON.stringify(waits) : null }));
  }

  async end(id: string, status: 'done' | 'failed', finishedAt: number): Promise<void> {
    await this.change(id, async (tx) => {
      // Of one that is given up, they go on by themselves.
      await tx.query('DELETE FROM erasure_recording WHERE erasure_id = ?', [id]);
      return { status, person: null, finishedAt, ...(status === 'done' && { waiting: null }) };
    });
  }

  /** From here on nobody is found by the number any more, so nobody needs it. */
  async forgetNumber(id: string): Promise<void> {
    await this.change(id, async () => ({ person: null }));
  }

  async recordingsOf(id: string): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      RECORDING.read(manager, 'FROM erasure_recording WHERE erasure_id = ?', [id]),
    );
    return rows.map(({ recordingId }) => recordingId);
  }

  async recordingsGone(id: string, recordingIds: string[]): Promise<void> {
    if (recordingIds.length === 0) return;
    await this.change(id, async (tx, { erased }) => {
      for (const recordingId of recordingIds)
        await tx.query('DELETE FROM erasure_recording WHERE erasure_id = ? AND recording_id = ?', [id, recordingId]);
      const total = JSON.parse(erased) as PersonCounts;
      return { erased: JSON.stringify({ ...total, recordings: total.recordings + recordingIds.length }) };
    });
  }

  private async change(id: string, to: (tx: Tx, erasure: Erasure) => Promise<Partial<Erasure>>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const changed = await to(tx, await this.hold(tx, id));
      await ERASURES.update(tx, changed, 'WHERE id = ?', [id]);
    });
  }
}
