import { commentOnTop, type Originals } from "./originals.ts";

export const hcl: Originals = {
  texts: [
    '# mine\nplugin_cache_dir   = "$HOME/.terraform.d/plugin-cache"   # shared\ndisable_checkpoint = true\n\n/* at work */\ncredentials "other.example" {\n  token = "keep-me" // a\n}\n',
    'credentials "acme.example" {\r\n  token = "keep-me"\r\n}\r\nprovider_installation {\r\n  filesystem_mirror {\r\n    path    = "/opt/providers"\r\n    include = ["example.com/*/*"]\r\n  }\r\n  direct {\r\n    exclude = ["example.com/*/*"]\r\n  }\r\n}\r\n',
    'provider_installation {\n  network_mirror { url = "https://former.example/" } # ours\n}\nhost "x" { services = { "a.v1" = "https://x.example/${y}" } }',
    'credentials "acme.example" {}\nprovider_installation {}\n',
    "",
  ],
  broken: 'a = 1\ncredentials "acme.example" {\n  token = "x\n}\n',
  later: commentOnTop("#"),
  // It has to be the same mirror still, because a mirror has no other name than its URL.
  theirs:
    '{ url = "https://acme.example/artifactory/api/terraform/terraform/providers/", include = ["a/b"] }',
};
