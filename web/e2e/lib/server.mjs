/** Switchroom under test: started as a person starts it, with demo data in a folder of its own. */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { APART, Apart } from "./apart.mjs";
import { endWithUs } from "./children.mjs";
import { Program, SWITCHROOM_BIN } from "./program.mjs";
import { until, within } from "./wait.mjs";

/**
 * @typedef {{ role: string, username: string, password: string, displayName: string, agentId: string }} Login
 * @typedef {{ console: string, call_link: string, media: string, metrics: string, admin: string, logins: Login[], api_key: string }} Printed
 * @typedef {{ folder: string, mediaPort: number, mediaHost?: string, announcePort?: number, flags?: string[], turnPort?: number, httpPort?: number, name?: string, https?: { cert: string, key: string } }} ServerOptions
 */

export class Server {
  /** @type {Printed | undefined} */
  #printed;
  /** @type {Program | Apart | undefined} */
  #running;
  /** The roles, where they are processes of their own. */
  #apart = APART ? new Apart() : undefined;
  #starts = 0;
  #http = "127.0.0.1:0";
  /** Port of a relay before the pages and the API. @type {number | undefined} */
  frontPort;

  /** @param {ServerOptions} options */
  constructor(options) {
    this.options = options;
    this.data = join(options.folder, "data");
    if (options.httpPort !== undefined) this.#http = `127.0.0.1:${options.httpPort}`;
  }

  get #media() {
    const { mediaPort, mediaHost = "127.0.0.1", announcePort, flags = [] } = this.options;
    return [
      ...["--media", `${mediaHost}:${mediaPort}`],
      ...["--announce", mediaHost],
      ...(announcePort === undefined ? [] : ["--announce-port", String(announcePort)]),
      ...flags,
    ];
  }

  get #pages() {
    const { https, name, httpPort } = this.options;
    const url = name === undefined ? [] : ["--public-url", `http://${name}:${httpPort}`];
    const files = https ? ["--tls-cert", https.cert, "--tls-key", https.key] : [];
    return ["--demo", "--http", this.#http, ...files, ...url];
  }

  /** A TURN server in the engine. An engine that runs apart shares its secret with signaling. */
  async #turn() {
    const { folder, turnPort, mediaHost = "127.0.0.1" } = this.options;
    if (turnPort === undefined) return { engine: [], signaling: [] };
    const engine = ["--turn", `${mediaHost}:${turnPort}`];
    if (!this.#apart) return { engine, signaling: [] };
    const file = join(folder, "turn-secret");
    await writeFile(file, "a secret of these tests alone");
    const secret = ["--turn-secret-file", file];
    const url = `turn:${mediaHost}:${turnPort}?transport=udp`;
    return { engine: [...engine, ...secret], signaling: ["--turn-url", url, ...secret] };
  }

  /** Starts it, again on the same data and ports when it ran before. Returns when it was started (epoch ms). */
  async start() {
    assert(!this.#running, "it runs already");
    await mkdir(this.data, { recursive: true });
    if (this.#apart) return this.#startApart(this.#apart);
    const turn = await this.#turn();
    return this.#note(async (log) => {
      const fixed = ["up", "--data", this.data, "--admin", "127.0.0.1:0"];
      const program = await Program.start([...fixed, ...this.#pages, ...this.#media, ...turn.engine], log);
      this.#running = program;
      return program.printed;
    });
  }

  /** @param {Apart} apart */
  async #startApart(apart) {
    this.#running = apart;
    const { folder } = this.options;
    const turn = await this.#turn();
    const engine = [...this.#media, ...turn.engine];
    const options = { folder, data: this.data, engine, signaling: [...this.#pages, ...turn.signaling] };
    return this.#note((log) => apart.start(options, log));
  }

  /** Starts again whichever role was killed; for roles that run apart. */
  async startMissing() {
    assert(this.#apart, "the roles run apart");
    return this.#startApart(this.#apart);
  }

  /** SIGKILL for one role that runs apart. @param {import("./apart.mjs").Role} role */
  async killRole(role) {
    assert(this.#apart, "the roles run apart");
    await this.#apart.end(role, "SIGKILL");
  }

  /** Takes over what a start printed. @param {(log: NodeJS.WritableStream) => Promise<Printed>} start */
  async #note(start) {
    this.#starts += 1;
    const log = createWriteStream(join(this.options.folder, `server-${this.#starts}.log`));
    const at = Date.now();
    const now = await start(log);
    // A restart finds its demo people in the data; passwords are printed when they are made.
    this.#printed = { ...now, logins: now.logins?.[0]?.password ? now.logins : (this.#printed?.logins ?? []) };
    this.#printed.api_key = now.api_key || this.#printed.api_key;
    this.#http = new URL(now.console).host;
    return at;
  }

  get printed() {
    assert(this.#printed, "not started");
    return this.#printed;
  }

  /** Where pages reach it: itself, or a relay before it. */
  get origin() {
    return this.#seen(this.printed.console).origin;
  }

  get console() {
    return this.#seen(this.printed.console).href;
  }

  get callLink() {
    return this.#seen(this.printed.call_link).href;
  }

  get httpPort() {
    return Number(new URL(this.printed.console).port);
  }

  /** @param {string} printed */
  #seen(printed) {
    const url = new URL(printed);
    if (this.frontPort !== undefined) url.port = String(this.frontPort);
    return url;
  }

  /** @param {string} role @param {number} [nth] */
  login(role, nth = 0) {
    const login = this.printed.logins.filter((l) => l.role === role)[nth];
    assert(login, `no demo login ${role} ${nth}`);
    return login;
  }

  /** SIGKILL: as a power cut for the process. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async stop() {
    if (this.#running) await this.#end("SIGTERM");
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const running = this.#running;
    assert(running, "it does not run");
    this.#running = undefined;
    await (running instanceof Apart ? running.endAll(signal) : running.end(signal));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<{ status: number, body: any }>}
   */
  async api(method, path, body) {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        authorization: `App ${this.printed.api_key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  }

  /** As `api`, and it must succeed. @param {string} method @param {string} path @param {unknown} [body] */
  async must(method, path, body) {
    const answer = await this.api(method, path, body);
    assert(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /**
   * Uploads an audio file, which callers may hear then, or another file elsewhere.
   * @param {string} name
   * @param {Buffer} content
   * @param {string} [path]
   */
  async upload(name, content, path = "/ccaas/voice/2/audio-files") {
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(content)]), name);
    const response = await fetch(this.origin + path, {
      method: "POST",
      headers: { authorization: `App ${this.printed.api_key}` },
      body: form,
      signal: AbortSignal.timeout(10_000),
    });
    assert(response.ok, `upload of ${name}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  }

  /** Runs `switchroom recordings check` on its data, and it must find nothing wrong. */
  checkRecordings() {
    return this.#recordings("check");
  }

  /** Writes plain copies of its recordings, for players. @param {string} to  a new folder */
  exportRecordings(to) {
    return this.#recordings("export", "--to", to);
  }

  /** @param {string} action @param {string[]} flags */
  async #recordings(action, ...flags) {
    const child = endWithUs(spawn(SWITCHROOM_BIN, ["recordings", action, this.data, ...flags]));
    let output = "";
    for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (chunk) => (output += chunk));
    const [code] = await within(once(child, "close"), 30_000, `recordings ${action}`);
    assert.equal(code, 0, `recordings ${action}: ${output}`);
    return output;
  }
}

/**
 * An address of this machine that is not loopback. Firefox never pairs a candidate of another interface with one on
 * loopback, so its media needs this one; the packets stay on the machine all the same.
 */
export function ownAddress() {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const own = addresses.find((a) => a.family === "IPv4" && !a.internal);
  assert(own, "Firefox needs a network interface beside loopback");
  return own.address;
}

/** A port number that is free for UDP and TCP alike. */
export async function freePort() {
  return until("a port free for UDP and TCP", async () => {
    const tcp = createServer();
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (tcp.address());
    const udp = createSocket("udp4");
    udp.bind(port, "127.0.0.1");
    try {
      await once(udp, "listening");
      return port;
    } finally {
      udp.close();
      tcp.close();
      await once(tcp, "close");
    }
  });
}
