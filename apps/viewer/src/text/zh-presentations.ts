/** The words around presentation states. */
export const zhPresentations = {
  name: '显示状态',
  others: '别处存下的看法，选中才套用',
  nobody: '没有说明是谁存的',
  failed: '显示状态没有取到',
  notOfThis: (named: string) => `${named}不包括这一幅，按原样显示`,
  between: '；',
  lacks: {
    kind: '这种显示状态这里还不会套用',
    mask: '没有做它要的减影',
    curves: '没有画它的曲线',
    'colour-profile': '颜色没有按它的特性文件校正',
    'true-size': '没有按实物大小显示',
    aspect: '没有按它的像素比例显示',
    modality: '没有套用它的灰度变换',
    matrix: '有的标注位置或形状这里不认识，没有画',
  },
};
