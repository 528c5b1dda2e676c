#!/usr/bin/env python3
"""langnghe-post beside libesmtp as it comes (stock_esmtp.c): the same letter to the same smtp-sink."""
import os

from measure import Bench, Folder, built, in_turns, run, seconds

from posting import Post
from sending import letter_size, send
from sink import Sink

LETTERS, STOCK_LETTERS = 4000, 60
CONNECTIONS = 4  # the default of mail.connections
RUNS = 3
LIMIT = 100


def main():
    with Folder() as folder:
        post = Post()
        post.many(LETTERS)
        letter = os.path.join(folder, "letter.eml")
        with open(letter, "wb") as f:
            f.write(post.p.sql("SELECT bytes FROM letter JOIN recipient ON letter.id = letter LIMIT 1")[0][0])
        with Sink() as sink:
            stock = [built("tests/bench/stock_esmtp"), f"127.0.0.1:{sink.port}", "langnghe@thanhhoa.test",
                     "officer@units.langnghe.test", letter, str(STOCK_LETTERS)]
            four, one, theirs = in_turns(RUNS, lambda: LETTERS / send(post, sink.port, CONNECTIONS)[0],
                                         lambda: LETTERS / send(post, sink.port, 1)[0],
                                         lambda: STOCK_LETTERS / seconds(stock))
        bench = Bench("langnghe-post", "stock libesmtp")
        print(f"letters of {letter_size(post) / 1000:.1f} KB a second")
        bench.at_least(f"  {CONNECTIONS} connections, the default", four, theirs, LIMIT, "{:.0f}")
        bench.show("  one connection", one, theirs, "{:.0f}")
        return bench.close()


run(main)
