import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MayAsk, REVEALING } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';

@Controller('admin/me')
@UseGuards(AdminGuard)
export class MeController {
  constructor(private readonly guard: AdminGuard) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @ApiOperation({
    summary: 'Whose token this is',
    description: 'is_number_shown: whether whole numbers of parties are shown to this role with reveal=true.',
  })
  async show(@Req() request: FastifyRequest) {
    const { name, role } = await this.guard.admit(request);
    return { name, role, is_number_shown: REVEALING.includes(role) };
  }
}
