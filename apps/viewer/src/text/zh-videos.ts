/** The words around videos. */
export const zhVideos = {
  play: '播放',
  pause: '暂停',
  seek: '播放位置',
  rate: '快慢',
  download: '下载这段录像',
};
