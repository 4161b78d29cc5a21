import { commentOnTop, type Originals } from "./originals.ts";

export const env: Originals = {
  texts: [
    "GOBIN=/users/alice/bin\nGOFLAGS=-mod=mod\nGOPROXY=https://bob:keep-me@former.example/go|direct\nGONOSUMDB=acme.example/*\n",
    "# mine\n\nGOPROXY=off\nwhat is this\nGOTOOLCHAIN=local",
    "GOPROXY=https://first.example\nGOBIN=/b\nGOPROXY=https://second.example,direct\n",
    "",
  ],
  broken: "GOPROXY=a\nG\0O\0",
  later: commentOnTop("#"),
  theirs: "the-users-own",
};
