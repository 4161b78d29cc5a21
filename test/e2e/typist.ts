/** In Python: plays the person at a terminal, who waits for the question, then types. Its arguments: what is typed, and the command. */
export const typist = `
import os, pty, sys
typed, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, done = b"", False
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if not done and b"to approve: " in seen:
        os.write(terminal, typed.encode() + b"\\n")
        done = True
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
