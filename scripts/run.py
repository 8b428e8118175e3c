"""Start Snakemake with the folder to itself: run.py [--resume | --orphans] [--directory FOLDER] [its arguments].

If an earlier run was killed, its locks are removed, which is safe because its kernel lock is gone. ``--resume`` first
compares every result that the config asks for with the record that was made when it was written, and has those that
differ or are missing made again; it changes nothing itself. ``--orphans`` lists results that the config does not ask
for, and starts nothing.
"""

import argparse
import os
import sys
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError
from schurscope.workflow import locks
from schurscope.workflow.ask import ask, check_config_files, check_profile
from schurscope.workflow.ending import STOPPED
from schurscope.workflow.resume import asked_for, orphans, to_make_again

SNAKEMAKE = (  # Ctrl-C while it starts ends it without a word; from then on the Snakefile sees to it
    "import runpy, signal; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " runpy.run_module('snakemake', run_name='__main__', alter_sys=True)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], add_help=False)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--orphans", action="store_true")
    parser.add_argument("--directory", default=".")
    own, arguments = parser.parse_known_args()
    arguments = ["--directory", own.directory, *arguments]
    folder = Path(own.directory)
    try:
        check_config_files(arguments)
        check_profile(arguments)
        if own.orphans:
            for path in orphans(folder, asked_for(arguments)):
                print(path)
            return
        locks.hold_run(folder)
    except SchurscopeError as mistake:
        sys.exit(str(mistake))
    if any(folder.glob(".snakemake/locks/*")):
        print("The last run did not come to its end; its locks are removed.", flush=True)
        ask(arguments, "--unlock")
    if own.resume and (again := to_make_again(folder, asked_for(arguments))):
        arguments += ["--forcerun", *again]
    os.execv(sys.executable, [sys.executable, "-c", SNAKEMAKE, *arguments])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(f"\n{STOPPED}")
