import { PlainPage } from '../plain-page.js';
import { useText } from '../text/index.js';
import { OfficeFrame } from './office-frame.js';

export default function NoRoomPage() {
  const t = useText();
  return (
    <OfficeFrame title="">
      <PlainPage title={t.common.noRoom} detail={t.common.noRoomWhy} />
    </OfficeFrame>
  );
}
