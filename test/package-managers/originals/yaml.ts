import { commentOnTop, type Originals } from "./originals.ts";

export const yaml: Originals = {
  texts: [
    '---\n# mine\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_OTHER__EXAMPLE: "bob:keep-me"\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://former.example/gems/"\n',
    "---\r\n:backtrace: false\r\n:sources:\r\n- https://bob:keep-me@other.example/gems/ # theirs\r\n:verbose: true\r\ngem: --no-document",
    '# mine\nnodeLinker: node-modules\n\nnpmRegistries:\n    "//other.example/npm":\n        npmAlwaysAuth:   true\n        npmAuthToken: keep-me\n\nnpmScopes: { other: { npmRegistryServer: "https://other.example/npm/" } }\n\n# end\n',
    'apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- name: other\n  url: https://other.example/charts\n  username: bob\n  password: keep-me\n',
    "channels:\n  - conda-forge\n  - defaults\nauto_activate_base: false\n",
    "# conda\nchannel_alias: https://other.example/conda\nchannels: [internal, conda-forge]   # ours first\nssl_verify: true\n",
    "\uFEFF# nothing yet\n",
    "",
  ],
  broken: "a: [1\nb: {\n",
  later: commentOnTop("#"),
  theirs: '"the-users-own"',
};
