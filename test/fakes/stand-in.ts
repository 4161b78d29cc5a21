/**
 * How every stand-in for a program on PATH begins, as a shell script: it keeps argv and environment in its folder of the
 * home, and says what a test has written to a file there, if it asks for that with `refuse FILE`.
 * @param folder below the home @param kept what of it the script fills
 */
export const standIn = (folder: string, kept: string) => `
folder="$HOME/${folder}"
mkdir -p "$folder/${kept}"
printf '%s\\n' "$*" >> "$folder/argv"
env >> "$folder/env"
refuse() { [ -f "$folder/$1" ] && { cat "$folder/$1" >&2; exit 1; }; }`;
