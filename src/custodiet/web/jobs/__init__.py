"""Long work, without a broker: rows of a table, and processes that take one at a time.

    queue       who asks, who takes, who is still at it
    kinds       what there is to be done, one function each
    work        a worker: the case of the job, the work on it, and its end, which is in one transaction with its result
    keeper      the worker of `custodiet serve`, as a process of its own

What a job needs stands in a folder of its own until it is done. Whoever begins it again goes on from what is there.
"""
