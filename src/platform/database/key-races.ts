import { Contended, isDuplicate } from './database.js';

/** A taken key means that somebody else was faster: the whole work runs again in a new transaction, where it sees the other's row. */
export async function orStartOver<Result>(insert: Promise<Result>): Promise<Result> {
  try {
    return await insert;
  } catch (error) {
    throw isDuplicate(error) ? new Contended() : error;
  }
}

/** For a row that is there nearly always: changes it, otherwise makes it. Who loses the race to make it changes the winner's. */
export async function updateOrInsert(update: () => Promise<number>, insert: () => Promise<unknown>): Promise<void> {
  if ((await update()) > 0) return;
  try {
    await insert();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await update();
  }
}
