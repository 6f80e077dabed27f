"""Coverage-guided fuzzing of everything that takes bytes or messages of somebody else.

`targets/` has one module for each target, `corpus/` the seeds that reach deep, `run.py` drives the
fuzzer, and `test_corpus.py` replays the seeds in every run of the tests.
"""
