import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemCode } from '../platform/settings/config-problems.js';

/** What an account at Plivo was like before the first change. No secret stands in it. */
export interface Before {
  /** The application that the numbers are given. */
  application: {
    name: string;
    /** Null from the moment when it is to be made until Plivo has named it. */
    id: string | null;
    /** Whether it was not there before, so that restoring deletes it. */
    isMade: boolean;
  };
  /** Id of the application that each number had, by number; null for none. */
  numbers: Record<string, string | null>;
}

/** The memory is not what we have written. It is the only way back, so it is not written over. */
class SpoiltMemory extends Error {}

/**
 * Kept in the data folder, in a file for each account, before anything is changed at Plivo; on the disk before the first request is sent. Not in the
 * database: it may be restored or moved while the account at Plivo stays as it is.
 */
export class Memory {
  private readonly folder: string;
  readonly file: string;

  constructor(dataDir: string, accountId: string) {
    this.folder = resolve(dataDir);
    this.file = join(this.folder, `plivo-before-${accountId}.json`);
  }

  /** Null where nothing was changed. Rejects what is no memory of ours. */
  read(): Before | null {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
    const read = parsed(text);
    if (read === null)
      throw new SpoiltMemory(
        `${this.file} is spoilt: restore it from a backup, or remove it and set the numbers right by hand`,
      );
    return read;
  }

  write(before: Before): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${this.file}.${process.pid}.draft`;
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(before, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, this.file);
    this.syncFolder();
  }

  forget(): void {
    rmSync(this.file, { force: true });
  }

  private syncFolder(): void {
    const descriptor = openSync(this.folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function parsed(text: string): Before | null {
  try {
    const { application, numbers } = JSON.parse(text) as Partial<Before>;
    const isWhole =
      typeof application?.name === 'string' &&
      (application.id === null || typeof application.id === 'string') &&
      typeof application.isMade === 'boolean' &&
      typeof numbers === 'object' &&
      numbers !== null &&
      Object.values(numbers).every((id) => id === null || typeof id === 'string');
    return isWhole ? { application, numbers } : null;
  } catch {
    return null;
  }
}
