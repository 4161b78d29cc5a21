import { commentOnTop, type Originals } from "./originals.ts";

export const ini: Originals = {
  texts: [
    "# mine\n[global]\ntimeout = 90\nindex-url: https://former.example/simple  \n\n[install]\nno-compile = yes\n; end",
    "[list]\r\nformat=columns\r\n\r\n[global]\r\ntrusted-host =\r\n    a.example\r\n    b.example\r\n",
    "\n",
    "; who uploads what\n[distutils]\nindex-servers =\n    pypi\n    internal\n\n[pypi]\nusername = __token__\npassword = keep-me\n\n[internal]\nrepository: https://other.example/pypi\nusername: bob\n",
    "[distutils]\r\nindex-servers=\r\n\tfly\r\n\tpypi\r\n\r\n[fly]\r\nrepository=https://former.example/pypi\r\nusername=carol\r\npassword=former\r\nca_cert=/etc/ca.pem\r\n[pypi]\r\nusername=__token__\r\n",
  ],
  broken: "index-url = before-any-section\n",
  later: commentOnTop("#"),
  theirs: "the-users-own",
  // In a file that we made, the header of a section may stay when the user has filled the file too.
  sameBut: (text) => text.replace(/^\[[^\]]*\]\n$/m, ""),
};
