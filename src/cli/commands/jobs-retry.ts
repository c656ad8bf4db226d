import type { Command } from '../command.js';
import { uuidOf } from '../failure.js';

export const jobsRetry: Command = {
  name: 'jobs retry',
  about: 'Do a job now, with all its attempts before it',
  arguments: [{ name: '<id>', about: 'of the job' }],
  examples: ['jobs retry 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'],
  at: 'service',
  async run({ out, service }, _options, id = '') {
    const job = await service().json<{ id: string; status: string }>('POST', `/admin/jobs/${uuidOf(id, 'job')}/retry`);
    out.show(job, () => `Job ${job.id} is ${job.status}.`);
  },
};
