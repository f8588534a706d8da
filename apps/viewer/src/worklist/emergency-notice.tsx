import { useEffect, useRef, useState } from 'react';
import type { ReadRow } from '../api/types.js';
import { personName } from '../format.js';
import { Link } from '../router.js';
import { useText } from '../text/index.js';
import { itemName } from './item-name.js';

/** Two short tones. A browser that has not been clicked yet stays silent, and that is fine. */
function chime(): void {
  try {
    const audio = new AudioContext();
    const gain = audio.createGain();
    gain.gain.value = 0.08;
    gain.connect(audio.destination);
    for (const [at, frequency] of [
      [0, 880],
      [0.22, 1175],
    ] as const) {
      const tone = audio.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.16);
    }
    setTimeout(() => void audio.close(), 1000);
  } catch {
    // No sound on this machine.
  }
}

/** The emergencies that arrived while this page was open and are not acknowledged yet. */
export function useNewEmergencies(rows: readonly ReadRow[] | null) {
  const known = useRef<Set<string> | null>(null);
  const [fresh, setFresh] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!rows) return;
    const waiting = rows.filter(
      (row) => row.priority === 'emergency' && (row.state === 'open' || row.state === 'assigned'),
    );
    const before = known.current;
    known.current = new Set([...(before ?? []), ...waiting.map((row) => row.id)]);
    if (!before) return;
    const arrived = waiting.filter((row) => !before.has(row.id)).map((row) => row.id);
    if (arrived.length === 0) return;
    setFresh((now) => [...now, ...arrived]);
    chime();
  }, [rows]);
  return { fresh, acknowledge: () => setFresh([]) };
}

export function EmergencyNotice({ rows, acknowledge }: { rows: readonly ReadRow[]; acknowledge: () => void }) {
  const t = useText();
  const row = rows[0];
  return (
    <div className="emergency" role="alert">
      {row && (
        <>
          <span>
            ▲ {t.worklist.newEmergency(`${personName(row.patient.name, t)} ${itemName(row, t)}`, row.organisation.name)}
            {rows.length > 1 && ` (+${rows.length - 1})`}
          </span>
          <Link to={`/reads/${encodeURIComponent(row.id)}`}>{t.worklist.open}</Link>
          <button type="button" onClick={acknowledge}>
            {t.worklist.acknowledge}
          </button>
        </>
      )}
    </div>
  );
}
