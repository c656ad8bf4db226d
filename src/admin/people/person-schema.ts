import {
  anyObject,
  authId,
  count,
  instant,
  listOf,
  object,
  orNull,
  poolNumber,
  shape,
  text,
  uuid,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';
import type { ShownErasure } from '../../people/index.js';
import { NOTICE_KINDS } from '../../accounts/index.js';
import { callMembers } from '../calls/call-schema.js';
import { shownCall } from '../calls/calls.dto.js';
import { recordingMembers } from '../recordings/recordings.dto.js';
import { SESSION, shownMembers } from '../sessions/admin-sessions.dto.js';
import { textMembers } from '../messages/messages.dto.js';
import { TEXT_SIDES } from '../../texts/index.js';
import type {
  exportedCall,
  exportedNotice,
  exportedSession,
  exportedText,
  exportedTraces,
  shownErasure,
  shownPerson,
} from './people.dto.js';

const COUNTS = shape<ShownErasure['found']>('PersonCounts', () => ({
  sessions: count('Sessions in either role.', 1),
  calls: count('Calls in either role.', 2),
  recordings: count('Of those calls.'),
  callbacks: count('That tell of those calls.', 4),
  texts: count('Texts in which the number stood.'),
}));

export const PERSON = shape<ReturnType<typeof shownPerson>>('Person', () => ({
  found: COUNTS,
  sessions: listOf(SESSION, 'The newest 20.'),
}));

export const ORDERED_ERASURE = shape<{ erasure_id: string }>('OrderedErasure', () => ({
  erasure_id: uuid('Of the erasure: `GET /admin/people/erasures/{id}` tells how far it is.'),
}));

const WAITING = shape<NonNullable<ShownErasure['waiting']>>('ErasureWaits', () => ({
  calls: count('That are on.'),
  callbacks: count('That may still be delivered.'),
  recordings: count('Of which a copy is not deleted yet.'),
}));

export const ERASURE = shape<ReturnType<typeof shownErasure>>('Erasure', () => ({
  erasure_id: uuid('Of the erasure.'),
  status: word('failed: given up after a week; ask again.', ['running', 'done', 'failed']),
  found: COUNTS,
  erased: COUNTS,
  waiting: orNull(WAITING),
  asked_at: instant('What began later stays.'),
  finished_at: orNull(instant('Null while it runs.')),
}));

type ToldOf<Exported extends { callbacks: object[] }> = Exported['callbacks'][number];

const TOLD = shape<ToldOf<ReturnType<typeof exportedCall>>>('ExportedCallback', () => ({
  event: text('What the customer was told.', 'SessionFirstPartyAnswer'),
  at: instant('When it was made.'),
  status: word('Whether it has been delivered.', ['pending', 'delivered', 'parked']),
  url: text('Where it was sent.', 'https://shop.example/masking'),
  parameters: anyObject('As they were sent; numbers of others are masked.'),
}));

const EXPORTED_CALL = shape<ReturnType<typeof exportedCall>>('ExportedCall', () => ({
  ...callMembers(),
  person: word('What the person did in it.', ['called', 'was called']),
  callbacks: listOf(TOLD),
}));

const EXPORTED_RECORDING = shape<ReturnType<typeof exportedSession>['recordings'][number]>('ExportedRecording', () => ({
  ...recordingMembers(),
  fetch: text('How its sound is got.', 'GET /v1/Account/… with the credentials of the account'),
}));

const EXPORTED_SESSION = shape<ReturnType<typeof exportedSession>>('ExportedSession', () => ({
  ...shownMembers(),
  kept_until: orNull(instant('Null while it lives.')),
  kept_for_days_after_its_end: count('Days.', 90),
  callback_url: text('Where status events are sent; empty where none was given.', 'https://shop.example/masking'),
  recording_callback_url: text('Where recording events are sent; empty where none was given.', ''),
  calls: listOf(object(callMembers() satisfies Members<ReturnType<typeof shownCall>>)),
  recordings: listOf(EXPORTED_RECORDING),
  callbacks: listOf(TOLD),
}));

const EXPORTED_TEXT = shape<ReturnType<typeof exportedText>>('ExportedText', () => ({
  ...textMembers(),
  person: word(
    'What the person did in it; was not sent: it was written to the person and went no further.',
    TEXT_SIDES,
  ),
  text: orNull(text('The words; null where they are not kept. Numbers of others are masked.', 'I am at the gate.')),
  pictures: listOf(
    object({
      status: word('ready: it is kept; deleted: it has been passed on, or was not, and is gone.', [
        'fetching',
        'ready',
        'dropped',
        'deleting',
        'deleted',
      ]),
      reason: orNull(word('Why it was not passed on.', ['address', 'missing', 'too-big', 'type', 'store'])),
      format: orNull(
        word('Null where it was not looked at, or is none of these.', ['jpg', 'png', 'gif', 'mp4', '3gp']),
      ),
      bytes: orNull(count('Of what is kept; null once it is gone.', 81_233)),
      at_plivo: word("What has become of Plivo's copy; kept: Plivo refuses to delete it.", ['there', 'gone', 'kept']),
      came_at: orNull(instant('When.')),
      kept_until: orNull(instant('When it goes at the latest; null while that is not settled, or where it is gone.')),
    }),
    'Pictures and films that came with it and were, or are, to be passed on; those of accounts without messaging_media stay at Plivo.',
  ),
}));

const EXPORTED_NOTICE = shape<ReturnType<typeof exportedNotice>>('ExportedNotice', () => ({
  occasion: word('Of what the person was told.', NOTICE_KINDS),
  virtual_number: orNull(poolNumber('From which.')),
  state: text('What became of it, as of texts that are sent on.', 'delivered'),
  units: orNull(count('As Plivo bills them.', 1)),
  at: instant('When.'),
}));

const EXPORTED_TRACES = shape<ReturnType<typeof exportedTraces>>('ExportedTraces', () => ({
  account: authId('Of the account.'),
  virtual_numbers: listOf(
    object({
      virtual_number: orNull(poolNumber('On which the person has a place.')),
      kept_from_others_until: instant('Until when nobody else is lent it.'),
    }),
  ),
  wrong_pins_counted: count('Within two hours.'),
  calls_being_placed: count(
    'Requested calls that ring the number, or of which it is not known yet how they ended, in sessions that have somebody else in its place by now.',
  ),
  days_counted_as_dialled: count('Days on which the phone was counted as dialled.'),
  text_words: listOf(
    object({
      virtual_number: orNull(poolNumber('From which no texts were wanted, or wanted again.')),
      said: word('Which.', ['stop', 'start']),
      source: word('plivo: as Plivo has understood it; word: as we have; refusal: Plivo refused a text of ours.', [
        'plivo',
        'word',
        'refusal',
      ]),
      said_at: instant('When.'),
    }),
    'Who has said STOP or START, oldest first.',
  ),
}));

interface ExportFile {
  number: string;
  exported_at: string;
  accounts: string[];
  categories: object[];
  sessions: object[];
  other_calls: object[];
  texts: object[];
  text_notices: object[];
  other_traces: object[];
}

export const PERSON_EXPORT = shape<ExportFile>('PersonExport', () => ({
  number: text('As it was asked for, whole.', '+14155550123'),
  exported_at: instant('When.'),
  accounts: listOf(authId('That were looked through.')),
  categories: listOf(
    object({
      category: text('Of what is kept.', 'sessions'),
      data: text('What that is.', "the person's number and the other party's (sealed)"),
      purpose: text('Why.', 'connecting the two parties without showing their numbers'),
      kept_until: text('For how long.', 'the retention of the account after the end of the session'),
    }),
    'What may be kept of anybody.',
  ),
  sessions: listOf(EXPORTED_SESSION),
  other_calls: listOf(EXPORTED_CALL, 'Calls of no session of the person.'),
  texts: listOf(
    EXPORTED_TEXT,
    'That the person wrote or was sent, in whatever session, or that was written to the person and not sent.',
  ),
  text_notices: listOf(EXPORTED_NOTICE, 'Sentences of the service to who has written.'),
  other_traces: listOf(EXPORTED_TRACES, 'What else is kept under the number, by account.'),
}));
