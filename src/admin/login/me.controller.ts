import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { Documented } from '../../platform/openapi/documented.js';
import { ME, shownMe } from './me.js';

@Controller('admin/me')
@UseGuards(AdminGuard)
export class MeController {
  constructor(private readonly guard: AdminGuard) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'Whose token or login this is',
    operationId: 'getMe',
    answers: { 200: ['Its operator, and until when a login lasts.', ME] },
  })
  async show(@Req() request: FastifyRequest) {
    return shownMe(await this.guard.admit(request), request.login);
  }
}
