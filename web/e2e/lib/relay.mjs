/**
 * A bad network in front of the media port: UDP and TCP on one port number, passed on to the server's real port.
 *
 * The server announces the relay's port, so every packet of every page goes through here.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";

const HOST = "127.0.0.1";
const MAX_CLIENTS = 64;

/**
 * @typedef {object} Weather
 * @property {boolean} cut  nothing passes; TCP connections stand still
 * @property {boolean} udpBlocked  no UDP passes
 * @property {number} delayMs  added to every UDP packet, each way
 * @property {number} loss  part of the UDP packets that are lost, 0 to 1
 */

export class Relay {
  /** @type {Weather} */
  weather = { cut: false, udpBlocked: false, delayMs: 0, loss: 0 };
  passed = { udp: 0, tcp: 0 };
  dropped = 0;
  /** @type {Map<string, import("node:dgram").Socket>} */
  #upstreams = new Map();
  /** @type {Set<import("node:net").Socket>} */
  #connections = new Set();
  #random;

  /** @param {{ port: number, targetPort: number, seed?: number }} options */
  constructor({ port, targetPort, seed = 1 }) {
    this.port = port;
    this.targetPort = targetPort;
    this.#random = generator(seed);
    this.udp = createSocket("udp4");
    this.tcp = createServer((client) => this.#accept(client));
  }

  async open() {
    this.udp.on("message", (packet, from) => {
      const upstream = this.#upstream(from);
      if (upstream) this.#pass(() => upstream.send(packet, this.targetPort, HOST));
    });
    this.udp.bind(this.port, HOST);
    this.tcp.listen(this.port, HOST);
    await Promise.all([once(this.udp, "listening"), once(this.tcp, "listening")]);
  }

  async close() {
    for (const socket of this.#upstreams.values()) socket.close();
    for (const connection of this.#connections) connection.destroy();
    this.udp.close();
    this.tcp.close();
    await Promise.all([once(this.udp, "close"), once(this.tcp, "close")]);
  }

  /** @param {Partial<Weather>} change */
  set(change) {
    Object.assign(this.weather, change);
    for (const connection of this.#connections) {
      if (this.weather.cut) connection.pause();
      else connection.resume();
    }
  }

  /** One socket towards the server per address of a page, as a NAT has it. */
  #upstream({ address, port }) {
    const key = `${address}:${port}`;
    const known = this.#upstreams.get(key);
    if (known) return known;
    if (this.#upstreams.size >= MAX_CLIENTS) return null;
    const socket = createSocket("udp4");
    socket.on("message", (packet) => this.#pass(() => this.udp.send(packet, port, address)));
    socket.on("error", () => {});
    this.#upstreams.set(key, socket);
    return socket;
  }

  /** @param {() => void} send */
  #pass(send) {
    const { cut, udpBlocked, delayMs, loss } = this.weather;
    if (cut || udpBlocked || (loss > 0 && this.#random() < loss)) {
      this.dropped += 1;
      return;
    }
    this.passed.udp += 1;
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  }

  /** @param {import("node:net").Socket} client */
  #accept(client) {
    const upstream = connect(this.targetPort, HOST);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      this.#connections.add(from);
      if (this.weather.cut) from.pause();
      from.setNoDelay(true);
      from.on("data", (chunk) => {
        this.passed.tcp += 1;
        to.write(chunk);
      });
      from.on("error", () => {});
      from.on("close", () => {
        this.#connections.delete(from);
        to.destroy();
      });
    }
  }
}

/** Mulberry32: the same losses for the same seed. @param {number} seed */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
