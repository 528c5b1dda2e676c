#!/usr/bin/env python3
"""`langnghectl simulate` of eight years of the sample beside the same program with the plugins called
in its own process (in_process.c): what keeping them out costs."""
import itertools
import os
import shutil

from measure import Bench, CannotMeasure, Folder, Province, built, in_turns, run, seconds

FROM, TO = "2022-12-01", "2030-12-31"
RUNS = 3
LIMIT = 5


def letters_in(out):
    """DAY/UNIT.eml of each; the bytes differ by the random part of the Message-ID."""
    return sorted(os.path.relpath(os.path.join(folder, name), out)
                  for folder, _, names in os.walk(out) for name in names)


def main():
    with Folder():
        p = Province().load_sample()
        p.ctl("go-live", FROM)
        number = itertools.count()
        outs = {}

        def simulate(program):
            if program in outs:
                shutil.rmtree(outs[program])
            outs[program] = os.path.join(p.dir, f"letters-{next(number)}")
            return seconds([built(program), "-c", p.conf, "simulate", "--from", FROM, "--to", TO,
                            "--out", outs[program]])

        bench = Bench("langnghectl", "in process")
        ours, inside = in_turns(RUNS, lambda: simulate("langnghectl"),
                                lambda: simulate("tests/bench/in_process"))
        letters = [letters_in(out) for out in outs.values()]
        if letters[0] != letters[1] or len(letters[0]) < 1000:
            raise CannotMeasure("the two did not write the same letters")
        bench.ratio("simulate, eight years of the sample", ours, inside, LIMIT)
        return bench.close()


run(main)
