from __future__ import annotations

import pytest

from tests.simulation.kernel import Kernel, Killed


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def work(kernel: Kernel, seconds: float = 4) -> str:
    kernel.sleep(seconds)
    return "result"


def test_processes_take_turns_by_time_and_then_in_the_order_in_which_they_were_scheduled(kernel: Kernel) -> None:
    said: list[str] = []

    def speaker(name: str, *pauses: float) -> None:
        for pause in pauses:
            kernel.sleep(pause)
            said.append(f"{name}{kernel.time:g}")

    kernel.spawn("a", lambda: speaker("a", 1, 2))
    kernel.spawn("b", lambda: speaker("b", 2, 1))
    kernel.run()
    assert said == ["a1", "b2", "a3", "b3"]


def test_a_process_that_sleeps_past_what_is_due_lets_that_happen_first(kernel: Kernel) -> None:
    said: list[str] = []
    kernel.at(1.0, lambda: said.append("timer"))

    def sleeper() -> None:
        kernel.sleep(2)
        said.append("process")

    kernel.spawn("a", sleeper)
    kernel.run()
    assert said == ["timer", "process"]


def test_running_until_a_time_stops_there_and_goes_on_later(kernel: Kernel) -> None:
    process = kernel.spawn("a", lambda: kernel.sleep(10))
    kernel.run(until=4)
    assert (kernel.time, process.done) == (4.0, False)
    kernel.run()
    assert (kernel.time, process.done) == (10.0, True)


def test_a_killed_process_is_unwound_where_it_was_suspended(kernel: Kernel) -> None:
    said: list[str] = []

    def victim() -> None:
        try:
            kernel.sleep(10)
            said.append("went on")
        except Exception:
            said.append("caught")
        finally:
            said.append("unwound")

    process = kernel.spawn("victim", victim)
    kernel.at(3, lambda: kernel.kill(process))
    kernel.run()
    assert (said, kernel.time, process.killed) == (["unwound"], 3.0, True)


def test_a_killed_process_cannot_sleep_again_while_it_unwinds(kernel: Kernel) -> None:
    said: list[str] = []

    def victim() -> None:
        try:
            kernel.sleep(10)
        finally:
            kernel.sleep(1)
            said.append("slept")

    process = kernel.spawn("victim", victim)
    kernel.at(3, lambda: kernel.kill(process))
    kernel.run()
    assert said == []


def test_a_process_that_never_began_can_be_killed(kernel: Kernel) -> None:
    said: list[str] = []
    process = kernel.spawn("late", lambda: said.append("began"), delay=5)
    kernel.kill(process)
    kernel.run()
    assert (said, process.done, process.killed) == ([], True, True)


def test_a_process_can_kill_itself(kernel: Kernel) -> None:
    def suicidal() -> None:
        assert kernel.current is not None
        kernel.kill(kernel.current)

    process = kernel.spawn("a", suicidal)
    kernel.run()
    assert process.killed


def test_waiting_for_a_process_ends_when_that_one_ends(kernel: Kernel) -> None:
    worker = kernel.spawn("work", lambda: work(kernel))
    waited = kernel.spawn("wait", lambda: (kernel.wait(worker), kernel.time))
    kernel.run()
    assert (waited.result, worker.result) == ((True, 4.0), "result")


def test_waiting_with_a_timeout_ends_without_the_process(kernel: Kernel) -> None:
    worker = kernel.spawn("work", lambda: kernel.sleep(4))
    waited = kernel.spawn("wait", lambda: (kernel.wait(worker, timeout=3), kernel.time))
    kernel.run()
    assert waited.result == (False, 3.0)


def test_who_waited_in_vain_is_not_woken_later(kernel: Kernel) -> None:
    worker = kernel.spawn("work", lambda: kernel.sleep(4))

    def waits() -> float:
        kernel.wait(worker, timeout=3)
        kernel.sleep(5)
        return kernel.time

    waited = kernel.spawn("wait", waits)
    kernel.run()
    assert waited.result == 8.0


def test_killing_who_waits_leaves_what_it_waited_for_alone(kernel: Kernel) -> None:
    worker = kernel.spawn("work", lambda: work(kernel))
    waiter = kernel.spawn("wait", lambda: kernel.wait(worker))
    kernel.at(1, lambda: kernel.kill(waiter))
    kernel.run()
    assert (worker.result, waiter.killed) == ("result", True)


def test_a_cancelled_timer_does_nothing_and_takes_no_time(kernel: Kernel) -> None:
    kernel.at(100, lambda: pytest.fail("it was cancelled")).cancel()
    kernel.run()
    assert kernel.time == 0.0


def test_what_a_process_raises_comes_out_of_the_run(kernel: Kernel) -> None:
    def failing() -> None:
        raise ValueError("a mistake in the simulation")

    kernel.spawn("a", failing)
    with pytest.raises(ValueError, match="a mistake"):
        kernel.run()


def test_outside_any_process_sleeping_lets_the_world_go_on(kernel: Kernel) -> None:
    process = kernel.spawn("a", lambda: kernel.sleep(2))
    kernel.sleep(3)
    assert (process.done, kernel.time) == (True, 3.0)


def test_a_timer_must_not_sleep(kernel: Kernel) -> None:
    kernel.at(1, lambda: kernel.sleep(1))
    with pytest.raises(RuntimeError):
        kernel.run()


def test_the_same_seed_gives_the_same_trace() -> None:
    def trace(seed: int) -> list[tuple[object, ...]]:
        kernel = Kernel(seed)

        def walker() -> None:
            for _ in range(5):
                kernel.sleep(kernel.random.random())
                kernel.note("step")

        kernel.spawn("a", walker)
        kernel.spawn("b", walker)
        kernel.run()
        return kernel.trace

    assert trace(7) == trace(7)
    assert trace(7) != trace(8)


def test_closing_ends_what_still_runs(kernel: Kernel) -> None:
    unwound: list[str] = []

    def endless() -> None:
        try:
            kernel.sleep(1e9)
        except Killed:
            unwound.append("a")
            raise

    kernel.spawn("a", endless)
    kernel.run(until=1)
    kernel.close()
    assert unwound == ["a"]
