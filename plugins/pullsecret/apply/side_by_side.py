"""The changes in several clusters, applied side by side, each by an engine of its own."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from pullsecret.apply.engine import Interruption
    from pullsecret.model.plan.change import Outcome

    Stream: TypeAlias = Generator[Sequence[Outcome], None, None]
    Ended: TypeAlias = tuple[int, Sequence[Outcome]]

_POLL = 0.1
"""Seconds between two looks at whether a signal came, which Windows delivers only then."""


def stream_side_by_side(
    works: Mapping[int, Callable[[Interruption], Stream]], interruption: Interruption, *, at_once: int
) -> Generator[Ended, None, None]:
    """Apply the changes of several clusters and yield outcomes, with the number of their cluster, as they end.

    A caller that stops listening stops all of them; the requests under way end before it goes on.

    Args:
        works: by the number of each cluster, what applies its changes and yields their outcomes.
        interruption: that of the run; each cluster gets a part of it.
        at_once: how many clusters at a time.
    """
    todo, ended = deque(works.items()), SimpleQueue["Ended | BaseException | None"]()

    def work() -> None:
        try:
            while todo:
                number, apply = todo.popleft()
                with closing(apply(interruption.new_part())) as stream:
                    for outcomes in stream:
                        ended.put((number, outcomes))
        except IndexError:  # another thread took the last one
            pass
        except BaseException as error:  # noqa: BLE001  raised in the caller's thread
            ended.put(error)
        finally:
            ended.put(None)

    workers = [Thread(target=work, daemon=True) for _ in range(min(at_once, len(works)))]
    for worker in workers:
        worker.start()
    try:
        yield from _received(ended, len(workers))
    except BaseException:
        interruption.stop()
        for worker in workers:
            worker.join()
        raise


def _received(ended: SimpleQueue[Ended | BaseException | None], workers: int) -> Generator[Ended, None, None]:
    while workers:
        try:
            item = ended.get(timeout=_POLL)
        except Empty:
            continue
        if item is None:
            workers -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item
