import { Controller, Delete, Get, HttpCode, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountGuard, narrowed, principalOf } from '../accounts/index.js';
import { readTimeRange, timeFilters } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { listMeta, readList } from '../platform/http/resource-list.js';
import { DeleteOwnRecording } from './delete-own-recording.js';
import { ListRecordings } from './list-recordings.js';

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

/** What a customer does with its recordings besides hearing them; a link that opens one opens nothing here. */
@ApiTags('Recordings')
@ApiBasicAuth()
@Controller('v1/Account/:authId/Recording')
@UseGuards(AccountGuard)
export class OwnRecordingsController {
  constructor(
    private readonly clock: Clock,
    private readonly listRecordings: ListRecordings,
    private readonly deleteOwnRecording: DeleteOwnRecording,
  ) {}

  @Get()
  @ApiOperation({
    summary:
      'List recordings, the newest call first: the last 7 days, at most 30 by `add_time`, or that of one call. `total_count` is exact up to 10,000 beyond the page',
    operationId: 'listRecordings',
  })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 20, default 20.' })
  @ApiQuery({ name: 'offset', required: false, description: '0 to 100,000, counts recordings.' })
  @ApiQuery({ name: 'call_uuid', required: false, description: 'Of either leg.' })
  @ApiQuery({ name: 'subaccount', required: false, description: 'Auth ID of a subaccount.' })
  @ApiQuery({
    name: 'add_time',
    required: false,
    description: 'UTC, `YYYY-MM-DD HH:MM[:ss]` or ISO 8601; also with __gt, __gte, __lt, __lte.',
  })
  async list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: Record<string, unknown>,
  ) {
    const principal = principalOf(request);
    const asked = readList(query, FILTERS, UNANSWERED);
    const added = readTimeRange(asked.filters, 'add_time', this.clock.now());
    const owner = narrowed(principal, asked.filters.subaccount);
    const { limit, offset } = asked;
    const { total, recordings } = owner
      ? await this.listRecordings.run(owner, { callUuid: asked.filters.call_uuid, added, limit, offset })
      : { total: 0, recordings: [] };
    const path = `/v1/Account/${principal.subaccountId ?? principal.accountId}/Recording/`;
    // The links open the sound.
    void reply.header('cache-control', 'no-store');
    return { api_id: request.id, meta: listMeta(path, asked, total), objects: recordings };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary:
      'Delete a recording: from the answer on nobody can hear it; its file and the copy at Plivo are removed right after',
    operationId: 'deleteRecording',
  })
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.deleteOwnRecording.run(principalOf(request), id.toLowerCase(), request.id);
  }
}
