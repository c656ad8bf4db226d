import { Controller, Delete, Get, HttpCode, Param, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DeleteRecording, FindRecording } from '../../recording/index.js';
import { Database } from '../../platform/database/database.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { DELETED_RECORDING, RECORDING, RECORDINGS_PAGE, RecordingsQuery, shownRecording } from './recordings.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { NotFound } from '../../platform/errors.js';

@Controller('admin/recordings')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class RecordingsController {
  constructor(
    private readonly database: Database,
    private readonly findRecording: FindRecording,
    private readonly deleteRecording: DeleteRecording,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Recordings, the newest call first',
    operationId: 'listKeptRecordings',
    answers: { 200: ['A page of them.', RECORDINGS_PAGE] },
  })
  async list(@Query() query: RecordingsQuery) {
    const search = {
      sessionId: query.session?.toLowerCase(),
      before: placeBefore(query, 'recordings'),
      limit: query.limit + 1,
    };
    const found = await this.database.browse((manager) => this.findRecording.search(manager, search));
    return pageOf(found, query, {
      list: 'recordings',
      keyOf: ({ createdAt, recordingId }) => keyOfPlace({ at: createdAt, id: recordingId }),
      show: shownRecording,
    });
  }

  @Get(':id')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'One recording',
    operationId: 'getKeptRecording',
    answers: { 200: ['The recording.', RECORDING] },
  })
  async one(@Param('id') id: string) {
    const found = await this.database.browse((manager) => this.findRecording.run(manager, id.toLowerCase()));
    if (found === null) throw new NotFound('no recording has this id');
    return shownRecording(found);
  }

  /** From the answer on nobody can hear it; its file and Plivo's copy are removed right after. */
  @Delete(':id')
  @MayAsk('admin')
  @HttpCode(202)
  @Documented({
    summary: "Delete a recording: nobody can hear it any more; its file and Plivo's copy are removed right after",
    operationId: 'deleteKeptRecording',
    answers: { 202: ['How it stands.', DELETED_RECORDING] },
  })
  async remove(@Param('id') given: string, @Req() request: FastifyRequest) {
    const id = given.toLowerCase();
    return this.database.transaction(async (tx) => {
      await this.deleteRecording.request(tx, id);
      await this.audit.record(tx, { action: 'recording.deleted', target: id }, request);
      return { recording_id: id, status: (await this.findRecording.run(tx, id))?.status ?? 'deleted' };
    });
  }
}
