import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { en } from './en.js';
import { zh, type Messages } from './zh.js';

export type { Messages } from './zh.js';
export type Language = 'zh' | 'en';

const tables: Record<Language, Messages> = { zh, en };
const storageKey = 'qiao.language';

interface LanguageChoice {
  language: Language;
  messages: Messages;
  change: (language: Language) => void;
}

const LanguageContext = createContext<LanguageChoice>({ language: 'zh', messages: zh, change: () => undefined });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(storageKey) === 'en' ? 'en' : 'zh'));
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const change = useCallback((next: Language) => {
    localStorage.setItem(storageKey, next);
    setLanguage(next);
  }, []);
  const value = useMemo(() => ({ language, messages: tables[language], change }), [language, change]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export const useLanguage = (): LanguageChoice => use(LanguageContext);
export const useText = (): Messages => use(LanguageContext).messages;

export function LanguageToggle() {
  const { language, change } = useLanguage();
  return (
    <button
      type="button"
      className="language-toggle"
      onClick={() => change(language === 'zh' ? 'en' : 'zh')}
      title={language === 'zh' ? 'Switch to English' : '切换到中文'}
      data-testid="language"
    >
      <span className={language === 'zh' ? 'on' : ''}>中</span>/
      <span className={language === 'en' ? 'on' : ''}>EN</span>
    </button>
  );
}
