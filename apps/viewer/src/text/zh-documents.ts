/** The words around documents: what is no picture, in a picture's place. */
export const zhDocuments = {
  ecgPages: '这份心电图是 PDF 文件，没有波形数据：可以看，不能在这里测量。',
  openInTab: '在新标签页打开',
  kinds: { pdf: 'PDF 文件', file: '文件', report: '结构化报告', segmentation: '分割', other: '文档' },
  notOpened: (mediaType: string) => `这是另一种文件（${mediaType || '没有说明类型'}），这里打不开。`,
  overlaid: (frames: number) =>
    `这是分割，共 ${frames} 帧。打开它所依据的图像序列，按 ; 叠在图像上显示；下面是它分出的区域。`,
  algorithms: { MANUAL: '手工', SEMIAUTOMATIC: '半自动', AUTOMATIC: '自动' } as Record<string, string>,
  verified: '已核实',
  unverified: '未核实',
  partial: '未完成',
  presentation: '这是显示状态：别处存下的看法。打开它所依据的图像序列，按 " 套用。',
  other: (kind: string) => `这是${kind}，不是图像，这里没有可显示的内容。`,
  modalities: {
    KO: '关键图像说明',
    PR: '显示状态',
    RTSTRUCT: '放疗结构勾画',
    RTPLAN: '放疗计划',
    REG: '配准',
    ECG: '心电波形',
    HD: '血流动力学波形',
    AU: '录音',
    ANN: '显微标注',
  } as Record<string, string>,
};
