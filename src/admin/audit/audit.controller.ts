import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from './audit.js';
import { AUDIT_ACTIONS, type AuditAction } from './audit-actions.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { PageQuery, pageOf } from '../page.dto.js';
import { After, IfGiven, IsoInstant, TextOf, Trimmed } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject, instant, pageSchema, shape, text, uuid } from '../../platform/openapi/schemas.js';

function shownAudit({ id, at, operator, actor, action, target, details, requestId }: ListedEntry) {
  return {
    id,
    at: new Date(at).toISOString(),
    actor: operator ?? actor,
    action,
    target,
    details: JSON.parse(details) as unknown,
    request_id: requestId,
  };
}

type ListedEntry = Awaited<ReturnType<Audit['list']>>[number];

const AUDIT_PAGE = pageSchema(
  'AuditEntries',
  shape<ReturnType<typeof shownAudit>>('AuditEntry', () => ({
    id: uuid('Of the entry; grows with time.'),
    at: instant('When it was done.'),
    actor: text('The name of the operator.', 'ann@example.com'),
    action: text('What was done.', 'operator.added'),
    target: text('To what.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
    details: anyObject('What else is worth knowing of this action.', { role: 'viewer' }),
    request_id: text('Id of the request.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  })),
);

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Name of an operator, or Auth ID of a customer.' })
  @IfGiven()
  @TextOf(1, 60)
  @Trimmed()
  actor?: string;

  @ApiPropertyOptional({ enum: AUDIT_ACTIONS, description: 'What was done.' })
  @IfGiven()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  @ApiPropertyOptional({ description: 'To what, whole and as an entry has it: an id, an Auth ID, a virtual number.' })
  @IfGiven()
  @TextOf(1, 100)
  @Trimmed()
  target?: string;

  @ApiPropertyOptional({ description: 'Done from this instant on: ISO 8601, a date or a time.' })
  @IfGiven()
  @IsoInstant()
  from?: number;

  @ApiPropertyOptional({ description: 'Done before this instant. ISO 8601.' })
  @IfGiven()
  @After('from')
  @IsoInstant()
  to?: number;
}

@Controller('admin/audit')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('target')
  @Documented({
    summary: 'What operators changed, and whose whole numbers they saw, newest first',
    operationId: 'listAudit',
    answers: { 200: ['A page of entries.', AUDIT_PAGE] },
  })
  async list(@Query() query: AuditQuery) {
    const { actor, action, target, from, to, limit } = query;
    const search = { actor, action, target, from, to, before: placeBefore(query, 'audit'), limit: limit + 1 };
    return pageOf(await this.audit.list(search), query, { list: 'audit', keyOf: keyOfPlace, show: shownAudit });
  }
}
