"""The fleet: thousands of simulated matches over every network and every failure: ``make fleet``.

    trials      what is played: a grid of networks and failures, each match a seeded JSON file
    checks      what must hold of every one of them
    pace        of these, what has to do with time
    shrink      cuts one that went wrong down to the least that still goes wrong
    results     what has been played so far, on disk
    shard       plays the next ones, on all cores, until time is up
    report      what came of it, as tables
    run         the command

``found/`` has the matches that once went wrong; they are played again in every run of the tests.
"""
