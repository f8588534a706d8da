import { DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '#libs/config';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { PlatformModule } from '../../platform/src/platform.module.js';

@Module({})
export class ListenerModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: ListenerModule,
      imports: [PlatformModule.of(settings, 'listener'), IdentityModule, IngestModule],
    };
  }
}
