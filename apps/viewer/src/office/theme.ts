/** The system's own fonts, Chinese ones first; nothing is downloaded. */
export const fontFamily = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', system-ui, sans-serif";
