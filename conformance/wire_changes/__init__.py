"""Wire changes: what two versions send and emit differently in the same cases, told as a trader would act on it.

Two histories of one case are read into observations that are the same in every run of the same version (ids, times and
the order of concurrent reads are gone), and compared topic by topic up to the point where both cases did the same. What
differs is grouped over all cases into lines. Whether any requirement breaks is not asked here.
"""
