// A real OpenID provider for tests, on loopback: node provider.mjs PORT CALLBACK. People and their claims are below.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages may stand in a folder of their own, apart from this file.
const wanted = createRequire(`${process.env.NIGHTLINE_OIDC_PACKAGES}/`);
const { Provider } = await import(pathToFileURL(wanted.resolve("oidc-provider")));

const [port, callback] = process.argv.slice(2);

const PEOPLE = {
  sara: { email: "manager@example.com", email_verified: true, name: "Sara Vogel", groups: ["noc-managers", "staff"] },
  mallory: { email: "manager@example.com", email_verified: false, name: "Mallory", groups: ["staff"] },
  nina: { email: "nina@example.com", email_verified: true, name: "Nina New", groups: ["noc"] },
};

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: "nightline", client_secret: "a secret of tests", redirect_uris: [callback] }],
  pkce: { required: () => true },
  claims: { openid: ["sub", "amr"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ["a key of tests"] },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
  // The client is the company's own: nobody is asked for their consent.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

const form = `<!doctype html><title>Provider</title><form method="post">
<label>Who are you <input name="who"></label> <label><input type="checkbox" name="mfa"> with two factors</label>
<button>Enter</button> <button name="refuse" value="yes">Refuse</button></form>`;

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = form;
    return undefined;
  }
  let body = "";
  for await (const part of ctx.req) body += part;
  const typed = new URLSearchParams(body);
  const amr = typed.has("mfa") ? ["pwd", "mfa"] : ["pwd"];
  const result = typed.has("refuse")
    ? { error: "access_denied", error_description: "refused" }
    : { login: { accountId: typed.get("who"), amr } };
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
