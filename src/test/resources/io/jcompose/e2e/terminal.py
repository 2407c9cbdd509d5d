"""Runs a command on a new terminal and does what the arguments say, one after the other.

expect TEXT   waits until TEXT has been shown, after what was waited for before
type TEXT     types it (with Python's escapes)
resize R C    gives the terminal another size
mode raw      waits until the terminal is in raw mode
kill PID      kills a process
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

LIMIT = 30


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    command, steps = sys.argv[1], sys.argv[2:]
    master, slave = os.openpty()
    size(slave, 30, 100)
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(slave, fd)
        os.closerange(3, 100)
        os.execvp("/bin/sh", ["sh", "-c", "exec " + command])
    shown = bytearray()
    seen = 0
    deadline = time.monotonic() + LIMIT

    def read(seconds):
        if not select.select([master], [], [], seconds)[0]:
            return
        shown.extend(os.read(master, 65536))

    def fail(step):
        sys.stdout.write(shown.decode("utf-8", "replace"))
        sys.stderr.write("waited in vain: %s\n" % step)
        os.kill(pid, 9)
        sys.exit(99)

    for step in steps:
        verb, _, text = step.partition(" ")
        if verb == "expect":
            wanted = text.encode()
            while wanted not in shown[seen:]:
                if time.monotonic() > deadline:
                    fail(step)
                read(0.1)
            seen = shown.index(wanted, seen) + len(wanted)
        elif verb == "type":
            os.write(master, text.encode().decode("unicode_escape").encode("latin-1"))
        elif verb == "resize":
            size(slave, *map(int, text.split()))
        elif verb == "mode":
            while termios.tcgetattr(slave)[3] & termios.ICANON:
                if time.monotonic() > deadline:
                    fail(step)
                read(0.02)
        elif verb == "kill":
            os.kill(int(text), 9)
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            fail("the end")
        read(0.05)
    read(0)
    sys.stdout.write(shown.decode("utf-8", "replace").replace("\r\n", "\n"))
    same = termios.tcgetattr(slave) == before
    print("\nexit %d, terminal %s" % (os.waitstatus_to_exitcode(status), "restored" if same else "changed"))


main()
