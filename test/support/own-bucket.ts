import { randomUUID } from 'node:crypto';

// With real services every spec file has a bucket of its own, as it has a data folder of its own: what another left there is no garbage here.
if (process.env['QIAO_S3_BUCKET']) process.env['QIAO_S3_BUCKET'] = `qiao-${randomUUID()}`;
