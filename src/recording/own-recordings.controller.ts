import { Controller, Delete, Get, HttpCode, Param, Query, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, narrowed, principalOf } from '../accounts/index.js';
import { readTimeRange, timeFilters, timeParameters } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { listMeta, readList } from '../platform/http/resource-list.js';
import { DeleteOwnRecording } from './delete-own-recording.js';
import { ListRecordings } from './list-recordings.js';
import { Documented } from '../platform/openapi/documented.js';
import { LIST_PARAMETERS, resourcePage, type Schema } from '../platform/openapi/schemas.js';
import { RECORDING_RESOURCE } from './show-recording.js';

const FILTERS = ['call_uuid', 'subaccount', ...timeFilters('add_time')] as const;
const UNANSWERED = [
  'from_number',
  'to_number',
  'conference_name',
  'conference_uuid',
  'mpc_name',
  'mpc_uuid',
  ...timeFilters('recording_storage_duration'),
];

const PARAMETERS: Record<string, Schema> = {
  ...LIST_PARAMETERS,
  call_uuid: { type: 'string', description: 'Of either leg.' },
  subaccount: { type: 'string', description: 'Auth ID of a subaccount.' },
  ...timeParameters('add_time'),
};
const RECORDING_LIST = resourcePage('RecordingList', RECORDING_RESOURCE);

/** What a customer does with its recordings besides hearing them; a link that opens one opens nothing here. */
@ApiTags('Recordings')
@Controller('v1/Account/:authId/Recording')
@UseGuards(AccountGuard)
export class OwnRecordingsController {
  constructor(
    private readonly clock: Clock,
    private readonly listRecordings: ListRecordings,
    private readonly deleteOwnRecording: DeleteOwnRecording,
  ) {}

  @Get()
  @Documented({
    summary: 'List recordings, the newest call first',
    operationId: 'listRecordings',
    description:
      'The last 7 days, at most 30 by `add_time`, or that of one call. `total_count` is exact up to 10,000 beyond the page.',
    query: PARAMETERS,
    answers: { 200: ['A page of them.', RECORDING_LIST] },
  })
  async list(@Req() request: FastifyRequest, @Query() query: Record<string, unknown>) {
    const principal = principalOf(request);
    const asked = readList(query, FILTERS, UNANSWERED);
    const added = readTimeRange(asked.filters, 'add_time', this.clock.now());
    const owner = narrowed(principal, asked.filters.subaccount);
    const { limit, offset } = asked;
    const { total, recordings } = owner
      ? await this.listRecordings.run(owner, { callUuid: asked.filters.call_uuid, added, limit, offset })
      : { total: 0, recordings: [] };
    const path = `/v1/Account/${principal.subaccountId ?? principal.accountId}/Recording/`;
    return { api_id: request.id, ...asked.ignored, meta: listMeta(path, asked, total), objects: recordings };
  }

  @Delete(':name')
  @HttpCode(204)
  @Documented({
    summary: 'Delete a recording: nobody can hear it any more; its file and the copy at Plivo are removed right after',
    operationId: 'deleteRecording',
    answers: { 204: ['It is deleted.'] },
  })
  async delete(@Req() request: FastifyRequest, @Param('name') id: string): Promise<void> {
    await this.deleteOwnRecording.run(principalOf(request), id.toLowerCase(), request.id);
  }
}
