import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Query,
  Req,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { mediaHost } from '../calls/report-recordings.js';
import type { KeptRecording } from '../media/recording-book.js';
import { Simulator } from '../simulator.js';
import { readTimes } from './call-filters.js';
import { RestAuth } from './rest-auth.js';
import { notFound, RestErrorFilter } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { seesCalls, viewerOf, type Viewer } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');

@Controller('simulator/v1/Account/:authId/Recording')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestRecordingsController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  @Documented({
    summary: 'List recordings',
    operationId: 'listPlivoRecordings',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    const { recordings, clock } = this.simulator;
    const viewer = viewerOf(request);
    const isAsked = readTimes(query, 'add_time', clock.now());
    const { call_uuid: callUuid, subaccount, from_number: from, to_number: to } = query;
    const found = recordings
      .newestFirst()
      .filter(
        ({ call, addedAt }) =>
          seesCalls(this.simulator, viewer, call, subaccount) &&
          isAsked(addedAt) &&
          (callUuid === undefined || call.uuid === callUuid) &&
          (subaccount === undefined || call.subaccount === subaccount) &&
          (from === undefined || call.from === from) &&
          (to === undefined || call.to === to),
      );
    const { objects, ...rest } = page(`/v1/Account/${viewer.authId}/Recording/`, found, query);
    return { ...rest, objects: objects.map((kept) => this.describe(kept, viewer)) };
  }

  @Get(':id')
  @Documented({
    summary: 'Read a recording',
    operationId: 'getPlivoRecording',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest, @Param('id') id: string) {
    return { api_id: randomUUID(), ...this.describe(this.known(request, id), viewerOf(request)) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Delete a recording',
    operationId: 'deletePlivoRecording',
    answers: { 204: ['Done.'] },
  })
  delete(@Req() request: FastifyRequest, @Param('id') id: string): void {
    this.known(request, id);
    this.simulator.recordings.delete(id);
  }

  private known(request: FastifyRequest, id: string): KeptRecording {
    const kept = this.simulator.recordings.get(id);
    if (kept === null || !seesCalls(this.simulator, viewerOf(request), kept.call)) throw notFound();
    return kept;
  }

  private describe({ recording, call, span, addedAt }: KeptRecording, viewer: Viewer) {
    const milliseconds = span.endedAt - span.startedAt;
    return {
      add_time: `${new Date(addedAt).toISOString().slice(0, 19).replace('T', ' ')}+00:00`,
      call_uuid: call.uuid,
      conference_name: null,
      from_number: call.from,
      to_number: call.to,
      monthly_recording_storage_amount: 0,
      recording_duration_ms: `${milliseconds}.00000`,
      recording_end_ms: `${span.endedAt}.00000`,
      recording_format: recording.format,
      recording_id: recording.id,
      recording_start_ms: `${span.startedAt}.00000`,
      recording_storage_duration: 0,
      recording_storage_rate: 0.0004,
      recording_type: 'call',
      recording_url: recording.mediaUrl(mediaHost(this.simulator, call.subaccount)),
      resource_uri: `/v1/Account/${viewer.authId}/Recording/${recording.id}/`,
      rounded_recording_duration: Math.ceil(milliseconds / 60_000) * 60,
    };
  }
}
