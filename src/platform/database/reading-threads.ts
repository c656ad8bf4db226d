import { Worker } from 'node:worker_threads';
import { type EntityManager, QueryFailedError } from 'typeorm';
import type { Connections } from './connections.js';
import type { Question, Reply } from './reading-thread.js';
import { bindable, managerOn, managerOver, type RunStatement } from './statements.js';

/** More would take the processor from callers: one who looks may wait for another. Each costs some 10 MB, from its first use on. */
const THREADS = 2;
/** How long one waits before another thread is begun: tasks of a second that read at once, a millisecond each, need no second one. */
const PATIENCE_MS = 20;

/** One thread, for one reader at a time. */
export class ReadingThread {
  private readonly worker: Worker;
  /** In the order in which the thread answers. */
  private readonly asked: { resolve: (reply: Reply) => void; reject: (error: unknown) => void }[] = [];
  private fault: unknown = null;
  readonly manager: EntityManager;

  constructor(dataSource: Connections, file: string) {
    this.manager = managerOn(managerOver(dataSource, this.run), this.run, this.run);
    this.worker = new Worker(new URL('./reading-thread.js', import.meta.url), {
      workerData: { file },
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
    });
    // A process that is done does not wait for it.
    this.worker.unref();
    this.worker.on('message', (reply: Reply) => this.asked.shift()?.resolve(reply));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the thread that reads the database has ended')));
  }

  get hasEnded(): boolean {
    return this.fault !== null;
  }

  readonly run: RunStatement = async (sql, parameters) => {
    if (this.fault !== null) throw this.fault;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.asked.push({ resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ sql, parameters: parameters.map(bindable) } satisfies Question);
    }).finally(() => this.asked.length === 0 && this.worker.unref());
    if ('failure' in reply)
      throw new QueryFailedError(sql, parameters, Object.assign(new Error(reply.failure.message), reply.failure));
    return { rows: reply.rows, affected: 0 };
  };

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private end(error: unknown): void {
    this.fault ??= error;
    for (const { reject } of this.asked.splice(0)) reject(this.fault);
  }
}

/**
 * Reads of people and of background work on SQLite: on connections of their own that cannot write, in threads of their own, so that nobody's call
 * waits for them. A read sees the last commit before its first statement, and nothing later.
 */
export class ReadingThreads {
  private readonly idle: ReadingThread[] = [];
  private readonly waiting: ((thread: ReadingThread) => void)[] = [];
  private readonly all = new Set<ReadingThread>();

  constructor(
    private readonly dataSource: Connections,
    private readonly file: string,
  ) {
    dataSource.endWith(async () => {
      await Promise.all([...this.all].map((thread) => thread.close()));
    });
  }

  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const thread = await this.take();
    try {
      await thread.run('BEGIN', []);
      try {
        return await work(thread.manager);
      } finally {
        await thread.run('COMMIT', []);
      }
    } finally {
      this.giveBack(thread);
    }
  }

  private take(): ReadingThread | Promise<ReadingThread> {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.all.size === 0) return this.start();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.all.size < THREADS) setTimeout(() => this.help(), PATIENCE_MS);
    });
  }

  private help(): void {
    if (this.waiting.length > 0 && this.all.size < THREADS) this.waiting.shift()?.(this.start());
  }

  private start(): ReadingThread {
    const thread = new ReadingThread(this.dataSource, this.file);
    this.all.add(thread);
    return thread;
  }

  private giveBack(thread: ReadingThread): void {
    if (thread.hasEnded) this.all.delete(thread);
    const next = this.waiting.shift();
    if (next) next(thread.hasEnded ? this.start() : thread);
    else if (!thread.hasEnded) this.idle.push(thread);
  }
}
