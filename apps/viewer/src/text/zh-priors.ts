/** The words of earlier examinations. */
export const zhPriors = {
  title: '既往',
  prior: '既往',
  later: '晚于本次',
  noReport: '没有已签发的报告',
  failed: '既往检查没有取到，再试一次',
  doubt: '身份待核，核对之后才列出既往检查。',
  more: (n: number) => `还有 ${n} 次…`,
  show: '并排看图',
  compare: '写入对比',
  closeShown: '收起',
  comparison: (which: string, impression: string, later: boolean) =>
    `与 ${which}${later ? '（晚于本次）' : ''} 比较${impression && `（${later ? '该次' : '前次'}：${impression}）`}，[未见明显变化|较前好转|较前进展]。`,
};
