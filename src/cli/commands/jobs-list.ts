import type { Command } from '../command.js';
import { LIST_OPTIONS, moment, showList, type Wanted } from '../lists.js';

interface Job {
  id: string;
  kind: string;
  status: string;
  attempts: number;
  last_error: string | null;
  created_at: string;
  next_run_at: string | null;
  parked_at: string | null;
}

export const jobsList: Command<Wanted & { status?: string }> = {
  name: 'jobs list',
  about: 'Durable work: what waits, runs, or was parked because it kept failing; newest first',
  options: [
    { flags: '--status <status>', about: 'only these', choices: ['waiting', 'running', 'parked'] },
    ...LIST_OPTIONS,
  ],
  examples: ['jobs list --status parked', 'jobs list --all --json'],
  at: 'service',
  async run({ out, service }, { status, ...wanted }) {
    showList(out, await service().list<Job>('/admin/jobs', { status }, wanted), [
      { head: 'ordered', of: (one) => moment(one.created_at) },
      { head: 'kind', of: (one) => one.kind },
      { head: 'status', of: (one) => one.status },
      { head: 'attempts', of: (one) => one.attempts, isRight: true },
      { head: 'next or parked', of: (one) => moment(one.next_run_at ?? one.parked_at) },
      { head: 'last error', of: (one) => one.last_error },
      { head: 'job', of: (one) => one.id },
    ]);
  },
};
