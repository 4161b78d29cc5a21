import { json as format } from "../../../src/formats/json.ts";
import type { Originals } from "./originals.ts";

export const json: Originals = {
  texts: [
    '{\n\t"auths": {\n\t\t"other.example": {\n\t\t\t"auth": "Ym9iOmtlZXA="\n\t\t}\n\t},\n\t"psFormat": "table {{.ID}}",\n\t"plugins": { "x": {"y":"1"} }\n}',
    '{"HttpHeaders":{"A":"b"},"auths":{"acme.example":{"auth":"b2xkOm9sZA==","email":"a@b.example"}}}\n',
    '{\r\n    "auths": {},\r\n    "currentContext": "desktop-linux"\r\n}\r\n',
    "{}",
    '{\n    "repositories": {\n        "packagist": {"type": "composer", "url": "https:\\/\\/former.example"},\n        "fly": {"type": "composer", "url": "https://old.example/composer", "canonical": false}\n    },\n    "http-basic": {"other.example": {"username": "bob", "password": "keep-me"}},\n    "bearer": {\n        "acme.example": "keep-me"\n    }\n}\n',
    '{"repositories": [\n  {"type": "vcs", "url": "https://git.example/x"},\n  {"packagist": false}\n], "config": {"sort-packages": true},\n "http-basic": {"acme.example": {"username": "bob", "password": "old"}}}',
  ],
  broken: '{\n  // a comment\n  "auths": {}\n}\n',
  later: (text) => format.write(text, ["later"], "1"),
  theirs: '"the-users-own"',
  sameBut: (text) => JSON.stringify({ ...(JSON.parse(text.trim() || "{}") as object) }),
};
