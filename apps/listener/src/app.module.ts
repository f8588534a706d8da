import { DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '#libs/config';
import { DimseModule } from '#libs/edges/dimse';
import { IdentityModule } from '#libs/identity';
import { PlatformModule } from '../../platform/src/platform.module.js';

@Module({})
export class ListenerModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: ListenerModule,
      imports: [PlatformModule.of(settings, 'listener'), IdentityModule, DimseModule.of(settings.dimse.aeTitle)],
    };
  }
}
