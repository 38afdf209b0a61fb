// In the audio thread: the microphone's samples at any rate become int16 at 16 kHz, in blocks of 40 ms.
const RATE = 16_000;
const BLOCK = 640; // samples sent together
const HALF = 16; // input samples to either side of a filter tap, at the input's rate

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE; // input samples for one output sample
    this.cut = Math.min(1, 1 / this.step); // nothing above the new rate's half may fold back
    this.reach = Math.ceil(HALF / this.cut);
    this.held = new Float32Array(2 * this.reach); // silence before the beginning
    this.at = this.reach; // where the next output sample lies in `held`
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.peak = 0;
  }

  /** A sample between the held ones: windowed sinc (Hann). */
  between(place) {
    const middle = Math.floor(place);
    let sum = 0;
    for (let i = middle - this.reach + 1; i <= middle + this.reach; i += 1) {
      const far = place - i;
      const x = Math.PI * far * this.cut;
      const sinc = x === 0 ? 1 : Math.sin(x) / x;
      sum += this.held[i] * this.cut * sinc * (0.5 + 0.5 * Math.cos((Math.PI * far) / this.reach));
    }
    return sum;
  }

  put(value) {
    const sample = Math.max(-1, Math.min(1, value));
    this.peak = Math.max(this.peak, Math.abs(sample));
    this.block[this.filled] = Math.round(sample * 32_767);
    this.filled += 1;
    if (this.filled === BLOCK) {
      this.port.postMessage({ block: this.block, peak: this.peak }, [this.block.buffer]);
      this.block = new Int16Array(BLOCK);
      this.filled = 0;
      this.peak = 0;
    }
  }

  process([[input]]) {
    if (!input) return true; // nothing is connected at the moment
    const held = new Float32Array(this.held.length + input.length);
    held.set(this.held);
    held.set(input, this.held.length);
    this.held = held;
    while (this.at + this.reach < held.length) {
      this.put(this.between(this.at));
      this.at += this.step;
    }
    const old = Math.max(0, Math.floor(this.at) - this.reach);
    this.held = held.slice(old);
    this.at -= old;
    return true;
  }
}

registerProcessor("microphone", Microphone);
