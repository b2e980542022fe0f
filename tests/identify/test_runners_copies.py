"""Copies of a process: answers in order, faults told, nothing left running."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custodiet.errors import CustodietError, UsageError
from custodiet.identify.runners import MOST_COPIES, Work, copies, in_order, processors

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")


def answers(begin: Callable[[], Work], questions: list[bytes], number: int) -> Iterator[bytes]:
    with copies(begin, number) as made:
        yield from in_order(made, questions)


def named(question: bytes) -> bytes:
    return question + f" {os.getpid()}".encode()


def numbers(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def test_answers_come_in_the_order_of_the_questions_from_several_processes() -> None:
    told = [answer.split() for answer in answers(lambda: named, numbers(50), 3)]
    assert [question for question, _ in told] == numbers(50)
    others = {int(process) for _, process in told}
    assert len(others) == 3
    assert os.getpid() not in others


def test_no_question_and_fewer_questions_than_copies() -> None:
    assert list(answers(lambda: named, [], 2)) == []
    assert len(list(answers(lambda: named, [b"1"], 4))) == 1


def test_questions_and_answers_may_be_large_or_empty() -> None:
    asked = [b"", b"x" * 3_000_000, b"y" * 2_000_000, b"", b"z" * 1_000_000]
    assert list(answers(lambda: lambda question: question, asked * 3, 2)) == asked * 3


def test_questions_are_taken_as_answers_come() -> None:
    taken = 0

    def questions() -> Iterator[bytes]:
        nonlocal taken
        for question in numbers(100):
            taken += 1
            yield question

    with copies(lambda: named, 2) as made:
        next(in_order(made, questions()))
        assert taken <= 5


def test_a_copy_knows_what_this_process_knew() -> None:
    known = [os.getpid()]
    told = answers(lambda: lambda _: str(known[0]).encode(), [b""], 1)
    assert next(told) == str(os.getpid()).encode()


def failing(fault: BaseException) -> Callable[[], Work]:
    def work(question: bytes) -> bytes:
        if question == b"3":
            raise fault
        return b"done"

    return lambda: work


def test_a_fault_that_is_expected_is_told_as_here() -> None:
    fault = UsageError("no such camera", place="row \udcff3", next_step="Look again.")
    with pytest.raises(UsageError) as told:
        list(answers(failing(fault), numbers(9), 2))
    assert (told.value.reason, told.value.next_step) == ("no such camera", "Look again.")


def test_any_other_fault_is_told_with_its_kind() -> None:
    with pytest.raises(CustodietError, match="failed: KeyError: 'maker'"):
        list(answers(failing(KeyError("maker")), numbers(9), 2))


def test_a_copy_that_is_killed_is_told_after_the_answers_before_it() -> None:
    def work(question: bytes) -> bytes:
        if question == b"4":
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done"

    got: list[bytes] = []
    with pytest.raises(CustodietError, match="ended from outside"):
        got.extend(answers(lambda: work, numbers(9), 2))
    assert not multiprocessing.active_children()


def test_the_end_of_the_block_ends_the_copies() -> None:
    with copies(lambda: named, 2) as made:
        process = int(next(in_order(made, numbers(1000))).split()[1])
    assert gone(process)


def test_the_copies_end_when_the_first_process_is_killed() -> None:
    program = (
        "import os, signal\nfrom custodiet.identify.runners import copies, in_order\n"
        "work = lambda question: str(os.getpid()).encode() + b' ' * 200_000\n"
        "with copies(lambda: work, 3) as made:\n"
        "    told = in_order(made, [b''] * 1000)\n"
        "    print(*(int(next(told)) for _ in range(3)), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    workers = [int(word) for word in done.stdout.split()]
    assert len(set(workers)) == 3
    assert all(gone(worker) for worker in workers)


def test_ctrl_c_ends_the_copies_without_a_word() -> None:
    program = (
        "import os, time\nfrom custodiet.identify.runners import copies, in_order\n"
        "work = lambda question: time.sleep(int(question)) or str(os.getpid()).encode()\n"
        "try:\n"
        "    with copies(lambda: work, 2) as made:\n"
        "        told = in_order(made, [b'0', b'0', b'60', b'60'])\n"
        "        print(int(next(told)), int(next(told)), flush=True)\n"
        "        next(told)\n"
        "except KeyboardInterrupt:\n    raise SystemExit(130)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        workers = [int(word) for word in process.stdout.readline().split()]
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of them get it
        assert process.stderr.read() == ""
        assert process.wait(20) == 130
    assert all(gone(worker) for worker in workers)


def test_there_are_never_more_than_a_few() -> None:
    assert 1 <= processors() <= MOST_COPIES


def gone(process: int) -> bool:
    """Whether a process has ended, or does so soon."""
    for _ in range(200):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False
