/** The words around segmentations. */
export const zhSegmentations = {
  name: '分割',
  nobody: '没有说明是谁做的',
  by: { MANUAL: '手工', SEMIAUTOMATIC: '半自动', AUTOMATIC: '软件自动' } as Record<string, string>,
  coming: '正在取',
  failed: '分割没有取到',
  notDrawn: '这种类型的分割这里还画不了。',
  misfits: (frames: number) => `有 ${frames} 帧与图像的位置或大小对不上，没有画。`,
};
