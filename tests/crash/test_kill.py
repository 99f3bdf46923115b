# SPDX-License-Identifier: Apache-2.0
import random

from kill_rounds import KillRounds

ROUNDS = 10


def test_no_kill_loses_or_doubles_a_ticket(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # pytest shows it when the test fails
    rounds = KillRounds(tmp_path, seed)
    for number in range(1, ROUNDS + 1):
        rounds.run(number)
    print(rounds.summary())
    assert rounds.counts["in_flight_at_a_kill"] > 0, "no kill met a request in flight: this proves nothing"
