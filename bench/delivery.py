"""Out to the world and back: runs every delivery_*.py beside this file, each in a process of its own."""
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    failed = False
    for part in sorted(glob.glob(os.path.join(HERE, "delivery_*.py"))):
        failed |= subprocess.run([sys.executable, part, *sys.argv[1:]]).returncode != 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
