"""Snapshots of environments that consist of objects: exact, of this process, seen through.

Theory of operation
    Most environments that somebody else wrote keep their state in objects of classes of their own,
    with arrays, generators and other environments inside. A pickler walks that graph at the speed
    of C and asks us about every object that is no plain value (`kinds`); what it writes is bytes
    and, beside them, a list of what is kept as it is. Loading puts every object back *in place*:
    the very objects get their old attributes again, so whoever holds one (a wrapper, a closure, a
    bound method) goes on holding the right one.

        kept by reference     classes, functions, modules, spaces, members of enumerations, and what
                              only draws: surfaces, fonts, clocks
        put back in place     instances of classes written in Python, through their ``__dict__``
                              whatever ``__getstate__`` says, and the generators' states
        asked                 what holds a native handle, and has methods of its own (`own`)
        copied                lists, dicts, sets; arrays, whose views stay views of one array; and
                              everything else that its own library can pickle

    ``EzPickle`` is the reason for the words "whatever ``__getstate__`` says": it returns the
    constructor's arguments, so that a plain copy of most environments is a fresh environment.

    The pickle never leaves the process. For others, the same bytes are read again with functions
    that describe instead of rebuild (`descriptions`) and run no code of the environment's. `view`
    makes plain data of that, with names in the place of classes, for checksums and for people;
    `sending` makes a table that holds everything, and `receiving` lays such a table over the
    receiver's own environment.

Laws
    1. What is loaded is what was saved, any number of times, and nothing that is kept is changed.
    2. Saving and viewing run no code of the environment's but what its own ``__reduce__`` runs.
    3. What cannot be saved is refused with its path (`offenders`).

Not kept: class attributes and global variables, but for the global generators (`global_random`).
"""

from __future__ import annotations

from peergym.envs.objects.state import ObjectState

__all__ = ["ObjectState"]
