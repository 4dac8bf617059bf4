// @ts-check
// A soft sound, without a file.

// Of many messages at once the first is heard.
const QUIET = 2000;

/** @type {AudioContext | undefined} */
let audio;
let last = 0;

/** Two notes; nothing where the browser does not allow it yet, before anybody has touched the page. */
export function chime() {
  const { userActivation } = /** @type {{ userActivation?: { hasBeenActive: boolean } }} */ (navigator);
  if (!userActivation?.hasBeenActive || !('AudioContext' in globalThis)) return;
  if (Date.now() - last < QUIET) return;
  last = Date.now();
  audio ??= new AudioContext();
  play(audio, 659, 0);
  play(audio, 880, 0.12);
}

/**
 * @param {AudioContext} on
 * @param {number} pitch in hertz
 * @param {number} after in seconds
 */
function play(on, pitch, after) {
  const start = on.currentTime + after;
  const volume = new GainNode(on, { gain: 0 });
  const note = new OscillatorNode(on, { frequency: pitch });
  note.connect(volume).connect(on.destination);
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  note.start(start);
  note.stop(start + 0.5);
}
