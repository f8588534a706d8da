/** What is said before the rest of the application is there; part of `zh`. */
export const zhFirst = {
  common: {
    loading: '正在载入…',
    unknownName: '姓名不详',
    male: '男',
    female: '女',
    otherSex: '性别其他',
  },
  age: {
    years: (n: number) => `${n}岁`,
    months: (n: number) => `${n}个月`,
    weeks: (n: number) => `${n}周`,
    days: (n: number) => `${n}天`,
  },
  instances: {
    interrupted: (have: number) => `已收 ${have}，发送中断`,
    inPicture: (have: number, of: number | null) => (of ? `未收全 ${have}/${of}` : `未收全 ${have}`),
  },
  images: {
    preview: '预览',
    lossy: '有损压缩',
    window: (w: string, c: string) => `窗宽 ${w} 窗位 ${c}`,
  },
};

export type FirstMessages = typeof zhFirst;
