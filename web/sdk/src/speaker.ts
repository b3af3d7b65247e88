/** Plays the other party's voice. Browsers may refuse until the person has touched the page. */
export class Speaker {
  readonly #element: HTMLAudioElement;
  readonly #onBlocked: () => void;
  #deviceId: string | undefined;

  constructor(deviceId: string | undefined, onBlocked: () => void) {
    this.#onBlocked = onBlocked;
    this.#element = document.createElement("audio");
    this.#element.hidden = true;
    this.#element.dataset.testid = "remote-audio";
    document.body.append(this.#element);
    this.#deviceId = deviceId;
  }

  get volume(): number {
    return this.#element.volume;
  }

  set volume(volume: number) {
    this.#element.volume = Math.min(1, Math.max(0, volume));
  }

  async play(stream: MediaStream): Promise<void> {
    this.#element.srcObject = stream;
    if (this.#deviceId !== undefined) await this.useDevice(this.#deviceId).catch(() => undefined);
    await this.resume().catch(() => this.#onBlocked());
  }

  /** Plays again; resolves only when the browser allows it. */
  async resume(): Promise<void> {
    try {
      await this.#element.play();
    } catch (error) {
      // A newer stream replaced this one: its own play() decides.
      if (error instanceof DOMException && error.name === "AbortError") return;
      throw error;
    }
  }

  async useDevice(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    await this.#element.setSinkId?.(deviceId);
  }

  close(): void {
    this.#element.srcObject = null;
    this.#element.remove();
  }
}
