"""The transform in Ibis: pure functions from `raw` to the warehouse's tables.

They are compiled to SQL when they are changed (``make generate``, into transform/compiled), not when they are run: to
import Ibis and compile takes a process two to three seconds, more than most loads.
"""
