import { Module } from '@nestjs/common';
import { Spend } from './spend.js';

@Module({ providers: [Spend], exports: [Spend] })
export class SpendModule {}
