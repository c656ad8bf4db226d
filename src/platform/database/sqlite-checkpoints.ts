import type { Connections } from './connections.js';
import { ReadingThread } from './reading-threads.js';
import type { RunStatement } from './statements.js';

/** Less often than this a page that is changed again and again is written to the file once for many commits; more often the log is short. */
const LEAST_MS = 200;
const LEAST_COMMITS = 32;
/** A log of so many pages is to be used anew from its beginning: for that nothing may be left in it, so the writer moves the last few pages itself. */
const LONG_LOG = 2000;
/** What SQLite does by itself within a COMMIT: where the thread does not get on, and where there is none. */
const PAGES = { behindThread: 16_000, alone: 1000 };
const MOVE = 'PRAGMA wal_checkpoint(PASSIVE)';

interface Moved {
  /** Pages that were in the log when the pass began; -1 where somebody else is at it. */
  log: number;
}

/**
 * Moves SQLite's log of changes into the file, in a thread of its own. Within a COMMIT, where SQLite does it, a thousand pages were written and flushed while all
 * callers waited: 10 to 30 ms, six times a second while a person with ten thousand sessions is erased.
 */
export class SqliteCheckpoints {
  /** Begun with the first pass: it has some 10 MB. */
  private thread: ReadingThread | null = null;
  private commits = 0;
  private isMoving = false;
  private hasFailed = false;
  private mayBeginAt = 0;
  private isWriterToFinish = false;

  constructor(
    private readonly dataSource: Connections,
    private readonly file: string,
    /** On the writer's connection. */
    private readonly run: RunStatement,
  ) {}

  /** Behind a COMMIT, when no transaction is open and its callers have been told. */
  async afterCommit(): Promise<void> {
    this.commits += 1;
    if (this.isWriterToFinish) {
      this.isWriterToFinish = false;
      await this.onWriter(MOVE);
    }
    if (this.isMoving || this.hasFailed || this.commits < LEAST_COMMITS || performance.now() < this.mayBeginAt) return;
    this.isMoving = true;
    this.commits = 0;
    void this.move();
  }

  private async move(): Promise<void> {
    try {
      const thread = (this.thread ??= this.begin());
      const { log } = await pass(thread);
      // The second pass has only what was committed during the first, and leaves even less to the writer.
      if (log >= LONG_LOG) this.isWriterToFinish = (await pass(thread)).log >= LONG_LOG;
    } catch {
      // Then as SQLite does it alone: slower, never wrong.
      this.hasFailed = true;
      await this.onWriter(ownRule(PAGES.alone));
    }
    this.isMoving = false;
    this.mayBeginAt = performance.now() + LEAST_MS;
  }

  private begin(): ReadingThread {
    const thread = new ReadingThread(this.dataSource, this.file);
    this.dataSource.endWith(() => thread.close());
    void this.onWriter(ownRule(PAGES.behindThread));
    return thread;
  }

  /** As of SQLite's own: when it fails, on a full disk for one, nothing is lost, the log only grows; and what is committed is not undone by it. */
  private async onWriter(pragma: string): Promise<void> {
    await this.run(pragma, []).catch(() => undefined);
  }
}

async function pass(thread: ReadingThread): Promise<Moved> {
  const { rows } = await thread.run(MOVE, []);
  return (rows as [Moved])[0];
}

function ownRule(pages: number): string {
  return `PRAGMA wal_autocheckpoint = ${pages}`;
}
