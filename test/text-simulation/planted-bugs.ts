import type { Tx } from '../../src/platform/database/database.js';
import type { TextProduct } from './processes.js';
import type { TextFault } from './report.js';

/** What would be wrong with a service that has one rule less. */
export const PLANTED_TEXT_BUGS: { name: string; shows: TextFault; plant: (product: TextProduct) => void }[] = [
  {
    name: 'what Plivo may have is sent once more',
    shows: 'sent twice',
    plant: ({ settleForwards }) => {
      settleForwards.begin = async (tx: Tx, { id }) => {
        await tx.query("UPDATE text_forward SET state = 'pending' WHERE id = ?", [id]);
      };
    },
  },
  {
    name: 'nobody takes down who has said STOP',
    shows: 'after STOP',
    plant: ({ noteOptOuts }) => {
      noteOptOuts.said = async () => undefined;
      noteOptOuts.refused = async () => undefined;
    },
  },
  {
    name: 'no record is read for its price',
    shows: 'wrong bill',
    plant: ({ priceTexts }) => {
      priceTexts.run = async () => undefined;
    },
  },
  {
    name: 'nobody looks for what Plivo could not tell of',
    shows: 'lost text',
    plant: ({ sweepTexts }) => {
      sweepTexts.run = async () => undefined;
    },
  },
];
