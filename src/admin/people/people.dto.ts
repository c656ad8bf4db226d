import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  FindPerson,
  ExportedCall,
  ExportedSession,
  ExportedText,
  ExportedTraces,
  ShownErasure,
} from '../../people/index.js';
import type { KeptMedia } from '../../text-media/index.js';
import type { FoundNotice } from '../../texts/index.js';
import { shownText } from '../messages/messages.dto.js';
import { shownCall } from '../calls/calls.dto.js';
import { shownRecording } from '../recordings/recordings.dto.js';
import { shownSession } from '../sessions/admin-sessions.dto.js';
import { AccountAuthId, IfGiven, isoText, PastedNumber, withPlus } from '../values.dto.js';

export class PersonBody {
  @ApiProperty({
    description:
      "The person's phone number in any spelling: all spellings of one phone are one person. Without its country code it is read in the account's `default_country` or that of its numbers, and refused where that may be somebody else.",
    minLength: 1,
    maxLength: 200,
    example: '+1 (415) 555-0123',
  })
  @PastedNumber()
  number!: string;

  @ApiPropertyOptional({
    description: 'Auth ID of an account: only what that account has of the person. Left out: all accounts.',
  })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

export function shownPerson({ found, sessions }: Awaited<ReturnType<FindPerson['run']>>) {
  return { found, sessions: sessions.map(shownSession) };
}

export function shownErasure({ id, status, askedAt, finishedAt, found, erased, waiting }: ShownErasure) {
  return {
    erasure_id: id,
    status,
    found,
    erased,
    waiting,
    asked_at: isoText(askedAt),
    finished_at: isoText(finishedAt),
  };
}

export function exportedSession({ calls, callbacks, recordings, keptMs, ...found }: ExportedSession) {
  const { session } = found;
  const { settings } = session;
  return {
    ...shownSession(found),
    kept_until: session.status === 'expired' ? isoText(session.expiresAt + keptMs) : null,
    kept_for_days_after_its_end: Math.round(keptMs / 86_400_000),
    callback_url: settings.callback_url,
    recording_callback_url: settings.recording_callback_url,
    calls: calls.map(shownCall),
    recordings: recordings.map((recording) => ({
      ...shownRecording(recording),
      fetch: `GET ${recording.mediaUrl} with the credentials of the account`,
    })),
    callbacks: callbacks.map(shownTold),
  };
}

export function exportedCall({ side, found, callbacks }: ExportedCall) {
  return { ...shownCall(found), person: side, callbacks: callbacks.map(shownTold) };
}

export function exportedText({ side, found, money, words, media }: ExportedText) {
  return { ...shownText(found, money), person: side, text: words, pictures: media.map(exportedPicture) };
}

function exportedPicture({ status, reason, format, size, atPlivo, createdAt, deleteAt }: KeptMedia) {
  return {
    status,
    reason,
    format,
    bytes: size,
    at_plivo: atPlivo,
    came_at: isoText(createdAt),
    kept_until: isoText(deleteAt),
  };
}

export function exportedNotice({ kind, virtualNumber, state, units, createdAt }: FoundNotice) {
  return { occasion: kind, virtual_number: withPlus(virtualNumber), state, units, at: isoText(createdAt) };
}

export function exportedTraces({ accountId, numbers, wrongPins, ringing, daysDialled, words }: ExportedTraces) {
  return {
    account: accountId,
    virtual_numbers: numbers.map(({ number, freeAfter }) => ({
      virtual_number: withPlus(number),
      kept_from_others_until: isoText(freeAfter),
    })),
    wrong_pins_counted: wrongPins,
    calls_being_placed: ringing,
    days_counted_as_dialled: daysDialled,
    text_words: words.map(({ virtualNumber, kind, source, at }) => ({
      virtual_number: withPlus(virtualNumber),
      said: kind === 'out' ? ('stop' as const) : ('start' as const),
      source,
      said_at: isoText(at),
    })),
  };
}

function shownTold({ event, createdAt, status, url, parameters }: ExportedSession['callbacks'][number]) {
  return { event, at: isoText(createdAt), status, url, parameters };
}
