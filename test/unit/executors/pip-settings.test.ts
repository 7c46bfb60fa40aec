import { expect, test } from "vitest";
import { parsePipConfig, uvVariables } from "../../../src/executors/environments/pip-settings.ts";

const NOTHING = { UV_SYSTEM_CERTS: "1" };

test("no settings, nothing but the system's certificates", () => {
  expect(uvVariables(parsePipConfig(""), {})).toEqual(NOTHING);
});

test("a company's mirror, with all that leads to it", () => {
  const listing = [
    "global.index-url='https://user:pa%21ss@mirror.example/simple'",
    "global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'",
    "global.trusted-host='mirror.example\\nother.example'",
    "global.cert='/etc/company.pem'",
    "global.client-cert='/home/me/client.pem'",
    "global.proxy='http://proxy.example:3128'",
    "global.timeout='60'",
  ].join("\n");
  expect(uvVariables(parsePipConfig(listing), {})).toEqual({
    UV_DEFAULT_INDEX: "https://user:pa%21ss@mirror.example/simple",
    UV_INDEX: "https://one.example/simple https://two.example/simple",
    UV_INDEX_STRATEGY: "unsafe-best-match",
    UV_INSECURE_HOST: "mirror.example other.example",
    UV_SYSTEM_CERTS: "1",
    SSL_CERT_FILE: "/etc/company.pem",
    SSL_CLIENT_CERT: "/home/me/client.pem",
    HTTPS_PROXY: "http://proxy.example:3128",
    HTTP_PROXY: "http://proxy.example:3128",
  });
});

test("a variable wins over the install section, and that over the global one", () => {
  const listing = [
    "global.index-url='https://global.example'",
    "install.index-url='https://install.example'",
    "global.no-index='true'",
    ":env:.no-index='0'",
  ];
  expect(parsePipConfig(listing.join("\n"))).toMatchObject({ indexUrl: "https://install.example", noIndex: false });
  expect(parsePipConfig([...listing, ":env:.index-url='https://env.example'"].join("\n"))).toMatchObject({
    indexUrl: "https://env.example",
  });
});

test("local places that are not there are left out, as pip does; those that are stay", () => {
  const listing = "global.find-links='/no/such/folder /usr'\nglobal.extra-index-url='file:///no/such file:///usr'";
  expect(uvVariables(parsePipConfig(listing), {})).toMatchObject({ UV_FIND_LINKS: "/usr", UV_INDEX: "file:///usr" });
});

test("what the user set for uv itself stays as it is", () => {
  const settings = parsePipConfig("global.index-url='https://pip.example'\nglobal.cert='/pip.pem'");
  expect(uvVariables(settings, { UV_DEFAULT_INDEX: "https://uv.example", SSL_CERT_FILE: "/own.pem" })).toEqual(NOTHING);
});
