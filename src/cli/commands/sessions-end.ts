import type { Command } from '../command.js';
import { uuidOf } from '../failure.js';

export const sessionsEnd: Command<{ yes?: boolean }> = {
  name: 'sessions end',
  about: 'End a session now; a call that is on goes on',
  arguments: [{ name: '<uuid>', about: 'of the session' }],
  options: [{ flags: '--yes', about: 'do not ask' }],
  examples: ['sessions end 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f --yes'],
  at: 'service',
  async run({ out, service, confirm }, { yes }, uuid = '') {
    const id = uuidOf(uuid, 'session');
    const admin = service();
    await confirm(`Its parties will not reach each other any more.`, yes);
    const ended = await admin.json<{ session_uuid: string; status: string }>('POST', `/admin/sessions/${id}/end`);
    out.show(ended, () => `Session ${ended.session_uuid} is ${ended.status}.`);
  },
};
