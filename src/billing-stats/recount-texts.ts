import { Injectable } from '@nestjs/common';
import { nextTexts, textFigures, type TextFigures } from '../texts/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { CountText, countedTextOf } from './count-text.js';
import { TEXT_TALLIES, type TextTally } from './stat.entity.js';

const WHOLE = selection(TEXT_TALLIES.fields());

export interface TextFindings {
  texts: number;
  textAmount: number;
  textDifferences: number;
}

/** Counts texts again from both of their legs and compares with what of each is in the roll-ups. */
@Injectable()
export class RecountTexts {
  constructor(
    private readonly database: Database,
    private readonly countText: CountText,
  ) {}

  /** The texts behind one; adds what it finds, and answers behind which to go on, or null at the end. */
  async page(found: TextFindings, after: string, limit: number, isRepair: boolean): Promise<string | null> {
    const ids = await this.database.browse((manager) => nextTexts(manager, after, limit));
    if (ids.length === 0) return null;
    const { figures, tallies } = await this.database.browse(async (manager) => ({
      figures: await textFigures(manager, ids),
      tallies: await readTextTallies(manager, ids),
    }));
    for (const [textId, figure] of figures) {
      const tally = tallies.get(textId);
      found.texts += Number(figure.isTaken);
      found.textAmount += figure.amount + figure.forwardedUnits * (tally?.messageFee ?? 0);
      if (!isOff(figure, tally) || !(await this.isOffIndeed(textId))) continue;
      found.textDifferences += 1;
      if (isRepair) await this.database.transaction((tx) => this.countText.run(tx, textId));
    }
    return ids.at(-1) ?? null;
  }

  /** The two were read one after the other; with the text's row held they cannot part. */
  private isOffIndeed(textId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const figure = (await textFigures(tx, [textId], this.database.forUpdate)).get(textId);
      return figure !== undefined && isOff(figure, (await readTextTallies(tx, [textId])).get(textId));
    });
  }
}

export async function readTextTallies(tx: Tx, textIds: string[]): Promise<Map<string, TextTally>> {
  const tallies = await WHOLE.read(tx, `FROM text_tally WHERE text_id IN (${marks(textIds)})`, textIds);
  return new Map(tallies.map((tally) => [tally.textId, tally]));
}

function isOff(figure: TextFigures, tally: TextTally | undefined): boolean {
  if (!tally) return true;
  const counted = countedTextOf(figure, tally.messageFee);
  return (Object.keys(counted) as (keyof typeof counted)[]).some((name) => counted[name] !== tally[name]);
}
