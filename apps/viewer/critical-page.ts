import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';

/** What one round trip carries before the first acknowledgement: ten segments (RFC 6928). */
const MOST_BYTES = 14 * 1024;
const ENTRY = fileURLToPath(new URL('src/first-picture/critical.ts', import.meta.url));
const APPLICATION =
  /^[ \t]*<(?:script type="module"[^>]*><\/script|link rel="(?:stylesheet|modulepreload)"[^>]*)>\n?/gm;

/**
 * Puts the first picture's script into the page itself, and what loads the application into a template that this script opens: on a poor
 * line nothing comes before the picture. Fails where the page would no longer go out in one round trip.
 */
export function criticalPage(): Plugin {
  return {
    name: 'critical-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html) {
        const application = html.match(APPLICATION) ?? [];
        if (application.length === 0) throw new Error('The page loads no application.');
        const page = html
          .replace(APPLICATION, '')
          .replace('</head>', () => `  <template id="application">\n${application.join('')}    </template>\n  </head>`)
          .replace('</body>', () => `  <script>${script}</script>\n  </body>`);
        const size = gzipSync(page).length;
        if (size > MOST_BYTES)
          throw new Error(`The page with its critical script has ${size} bytes; ${MOST_BYTES} may be.`);
        return page;
      },
    },
    async buildStart() {
      script = await compiled();
    },
  };
}

let script = '';

async function compiled(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2022', lib: { entry: ENTRY, formats: ['iife'], name: 'qiaoFirst' } },
  });
  const [output] = [made].flat();
  if (!output || !('output' in output)) throw new Error('The critical script was not built.');
  return output.output[0].code.trim().replaceAll('</script', '<\\/script');
}
