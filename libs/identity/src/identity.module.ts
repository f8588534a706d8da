import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { Directory } from './directory.js';
import { Sessions } from './sessions.js';
import { SigningKeys } from './signing-keys.js';

const PROVIDERS = [Sessions, AccessTokens, Directory, SigningKeys];

@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class IdentityModule {}
