// Starts the made-up tenant's server and speaks with its control plane.
import { spawn } from "node:child_process";
import { request } from "node:https";
import { createInterface } from "node:readline";

const CONTROL = "control.tenant.example";

/**
 * @param {string[]} [options] command line options of the server, see `cargo xtask tenant --help`
 * @returns {Promise<Tenant>} a running tenant; `stop()` ends it, and so does the end of this process
 */
export async function startTenant(options = []) {
  const program = process.env.GATEBOOK_TENANT_SERVER;
  if (!program) throw new Error("GATEBOOK_TENANT_SERVER names no program: run `cargo xtask test e2e`");
  const server = spawn(program, options, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const failed = new Promise((_, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the tenant's server ended with ${code}`)));
  });
  failed.catch(() => {});
  const line = new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  return new Tenant(JSON.parse(await Promise.race([line, failed])), server, ended);
}

/** A running tenant. */
class Tenant {
  constructor(about, server, ended) {
    Object.assign(this, about);
    this.server = server;
    this.ended = ended;
  }

  /** Names for the browser's resolver: the global cloud's sign-in and Graph hosts, and the app's own. */
  hosts(...apps) {
    const names = ["login.microsoftonline.com", "graph.microsoft.com", ...apps];
    return Object.fromEntries(names.map((name) => [name, this.port]));
  }

  /** The first person who satisfies the test. */
  person(test) {
    const found = this.people.find(test);
    if (!found) throw new Error(`nobody in the tenant is like ${test}`);
    return found;
  }

  /** Somebody with all of these directory roles. */
  holder(...roles) {
    return this.person((person) => roles.every((role) => person.roles.includes(role)));
  }

  /** Switches faults and policies; see `tenant/src/server/control.rs`. */
  scenario(change) {
    return this.control("POST", "/scenario", change);
  }

  /** Moves the tenant's clock forward. */
  advance(secs) {
    return this.control("POST", "/clock", { advance_secs: secs });
  }

  /** Requests so far, in order of arrival. */
  async log() {
    const log = await this.control("GET", "/log");
    return log.sort((one, other) => one.at_ms - other.at_ms);
  }

  /** Requests to Graph that carried a token, which are those that count towards the service's limit. */
  async graphRequests(graph = "graph.microsoft.com") {
    return (await this.log()).filter(({ host, has_authorization }) => host === graph && has_authorization);
  }

  /** The id of every record that the tenant has of a report, or of one event type of the sign-ins. */
  ids(report, type) {
    return this.control("GET", `/ids?${new URLSearchParams(type ? { report, type } : { report })}`);
  }

  control(method, path, body) {
    const options = { host: "127.0.0.1", port: this.port, path, method, rejectUnauthorized: false, headers: { host: CONTROL } };
    return new Promise((resolve, reject) => {
      const sent = request(options, async (response) => {
        let text = "";
        for await (const part of response.setEncoding("utf8")) text += part;
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${path}: ${text}`));
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async stop() {
    this.server.stdin.end();
    await this.ended;
  }
}
