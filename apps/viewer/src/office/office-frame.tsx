import { ConfigProvider, Dropdown } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { type ReactNode } from 'react';
import { Link, usePath } from '../router.js';
import { useSession, useUser } from '../session/session.js';
import { LanguageToggle, useLanguage } from '../text/index.js';
import { roomsOf } from './office-rooms.js';
import { fontFamily } from './theme.js';
import './office.css';

interface OfficeFrameProps {
  /** What this page is, beside the product's name. */
  title: string;
  middle?: ReactNode;
  children: ReactNode;
}

/** The light frame of the office pages: name, place, person, language. */
export function OfficeFrame({ title, middle, children }: OfficeFrameProps) {
  const { language, messages: t } = useLanguage();
  const { signOut } = useSession();
  const user = useUser();
  const room = usePath().split('/')[1];
  const rooms = roomsOf(user);
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      theme={{ token: { fontFamily, colorPrimary: '#0b5cad', borderRadius: 6, fontSize: 14, motion: false } }}
    >
      <div className="office">
        <header className="office-head">
          <Link to="/" className="office-brand">
            {t.product} · {title}
          </Link>
          <div className="office-middle">{middle}</div>
          {rooms.length > 0 && (
            <nav className="office-rooms" aria-label={t.common.rooms}>
              {rooms.map(({ path, title: name }) => (
                <Link key={path} to={`/${path}`} aria-current={path === room ? 'page' : undefined}>
                  {name(t)}
                </Link>
              ))}
            </nav>
          )}
          <Dropdown
            trigger={['click']}
            menu={{ items: [{ key: 'out', label: t.common.signOut, onClick: () => void signOut() }] }}
          >
            <button type="button" className="office-person" data-testid="person">
              <span className="office-person-name">{user.displayName}</span>
              <span className="office-person-place">{user.organisation.name}</span>
              <span aria-hidden>▾</span>
            </button>
          </Dropdown>
          <LanguageToggle />
        </header>
        <main className="office-main">{children}</main>
      </div>
    </ConfigProvider>
  );
}
