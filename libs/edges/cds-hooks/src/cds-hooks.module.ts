import { Module } from '@nestjs/common';
import { RecognitionModule } from '#libs/recognition';
import { CdsServicesController } from './cds-services.controller.js';

@Module({ imports: [RecognitionModule], controllers: [CdsServicesController] })
export class CdsHooksModule {}
