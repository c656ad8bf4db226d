import type { Command } from './command.js';
import { auditVerify } from './commands/audit-verify.js';
import { backup } from './commands/backup.js';
import { callbacksList } from './commands/callbacks-list.js';
import { callbacksReplay } from './commands/callbacks-replay.js';
import { callsList } from './commands/calls-list.js';
import { completion } from './commands/completion.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { exportCalls } from './commands/export-calls.js';
import { exportSessions } from './commands/export-sessions.js';
import { exportStats } from './commands/export-stats.js';
import { importPlivo } from './commands/import-plivo.js';
import { importTwilioProxy } from './commands/import-twilio-proxy.js';
import { jobsList } from './commands/jobs-list.js';
import { jobsRetry } from './commands/jobs-retry.js';
import { keysRotate } from './commands/keys-rotate.js';
import { keysStatus } from './commands/keys-status.js';
import { listen } from './commands/listen.js';
import { migrate } from './commands/migrate.js';
import { move } from './commands/move.js';
import { numbersDrain } from './commands/numbers-drain.js';
import { numbersImport } from './commands/numbers-import.js';
import { numbersList } from './commands/numbers-list.js';
import { numbersPlan } from './commands/numbers-plan.js';
import { numbersSync } from './commands/numbers-sync.js';
import { operatorsAdd } from './commands/operators-add.js';
import { operatorsList } from './commands/operators-list.js';
import { operatorsRemove } from './commands/operators-remove.js';
import { operatorsRotate } from './commands/operators-rotate.js';
import { peopleErase } from './commands/people-erase.js';
import { peopleExport } from './commands/people-export.js';
import { peopleFind } from './commands/people-find.js';
import { plivoDiff } from './commands/plivo-diff.js';
import { plivoRestore } from './commands/plivo-restore.js';
import { plivoSetup } from './commands/plivo-setup.js';
import { restore } from './commands/restore.js';
import { serve } from './commands/serve.js';
import { sessionsEnd } from './commands/sessions-end.js';
import { sessionsGet } from './commands/sessions-get.js';
import { sessionsList } from './commands/sessions-list.js';

/** First words of two, and what is done there. */
export const GROUPS: Readonly<Record<string, string>> = {
  plivo: "The Plivo account's application and numbers",
  numbers: 'Virtual numbers of the pool',
  sessions: 'Masking sessions',
  calls: 'Masked calls',
  callbacks: 'What customers are told',
  jobs: 'Durable work',
  people: 'What is kept of a person',
  export: 'Whole lists as files',
  keys: 'Encryption keys',
  import: 'What another service had',
  operators: 'Who may ask /admin',
  audit: 'What operators did',
};

/** In the order of the manual. */
export const COMMANDS: readonly Command[] = [
  serve,
  doctor,
  migrate,
  plivoSetup,
  plivoDiff,
  plivoRestore,
  numbersList,
  numbersImport,
  numbersSync,
  numbersDrain,
  numbersPlan,
  sessionsList,
  sessionsGet,
  sessionsEnd,
  callsList,
  callbacksList,
  callbacksReplay,
  listen,
  jobsList,
  jobsRetry,
  peopleFind,
  peopleExport,
  peopleErase,
  exportCalls,
  exportSessions,
  exportStats,
  keysStatus,
  keysRotate,
  backup,
  restore,
  move,
  importPlivo,
  importTwilioProxy,
  operatorsAdd,
  operatorsList,
  operatorsRotate,
  operatorsRemove,
  auditVerify,
  demo,
  completion,
];
