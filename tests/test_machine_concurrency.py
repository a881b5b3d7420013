"""Tasks, threads, queues and schedulers on the machine: what they are given runs while the program waits."""

from __future__ import annotations

from itertools import groupby

import pytest
from support.symbolic import emitted, really

ENDING = {
    "await runs at once, a task at the next wait": """
        import asyncio
        from rec import emit
        async def work(name):
            emit(name)
            return name + "!"
        async def main():
            task = asyncio.create_task(work("task"))
            emit("before")
            emit(await work("awaited"))
            await asyncio.sleep(0)
            emit("after")
            emit(await task)
        asyncio.run(main())
        """,
    "gather gives the results in order": """
        import asyncio
        from rec import emit
        async def work(name):
            emit(name)
            return name.upper()
        async def main():
            emit(await asyncio.gather(work("a"), work("b")))
            emit(await asyncio.gather(*[work(n) for n in ("c", "d")], work("e")))
            one, two = await asyncio.gather(asyncio.create_task(work("f")), work("g"))
            emit(one, two)
        asyncio.run(main())
        """,
    "a task group waits for its tasks at its end": """
        import asyncio
        from rec import emit
        async def work(name):
            emit(name)
            return len(name)
        async def main():
            async with asyncio.TaskGroup() as group:
                one = group.create_task(work("one"))
                group.create_task(work("two"))
                emit("inside")
            emit(one.result())
        asyncio.run(main())
        """,
    "a loop made by hand": """
        import asyncio
        from rec import emit
        async def work(name):
            emit(name)
            return 1
        loop = asyncio.new_event_loop()
        emit(loop.run_until_complete(work("first")))
        task = loop.create_task(work("second"))
        loop.call_soon(emit, "soon")
        loop.call_later(0.01, emit, "later")
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()
        emit("closed")
        """,
    "wait_for, shield, timeout, wait, as_completed": """
        import asyncio
        from rec import emit
        async def work(name):
            emit(name)
            return name
        async def main():
            emit(await asyncio.wait_for(work("a"), timeout=3))
            emit(await asyncio.wait_for(asyncio.ensure_future(work("b")), 3))
            emit(await asyncio.shield(work("c")))
            async with asyncio.timeout(3):
                await work("d")
            done, pending = await asyncio.wait([asyncio.create_task(work("e"))])
            for task in done:
                emit("done", task.result())
            emit(len(pending))
            for task in asyncio.as_completed([work("f")]):
                emit(await task)
        asyncio.run(main())
        """,
    "a future gets its result from a callback": """
        import asyncio
        from rec import emit
        async def main():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            loop.call_soon(future.set_result, "answer")
            emit(await future)
        asyncio.run(main())
        """,
    "done callbacks get the task": """
        import asyncio
        from rec import emit
        async def work():
            return "result"
        async def main():
            task = asyncio.create_task(work())
            task.add_done_callback(lambda t: emit(t.result()))
            await task
            await asyncio.sleep(0)
        asyncio.run(main())
        """,
    "rows go through a queue in order": """
        import asyncio
        from rec import emit
        async def consume(queue):
            while True:
                topic, qos = await queue.get()
                emit(topic, qos)
                queue.task_done()
        async def main():
            queue = asyncio.Queue()
            worker = asyncio.create_task(consume(queue))
            for row in [("a", 0), ("b", 1), ("c", 2), ("d", 0)]:
                await queue.put(row)
            await queue.join()
            emit("joined")
            worker.cancel()
        asyncio.run(main())
        """,
    "a task that found a queue empty takes what comes later": """
        import asyncio
        from rec import emit
        async def consume(queue):
            while True:
                emit(await queue.get())
                queue.task_done()
        async def main():
            queue = asyncio.Queue()
            worker = asyncio.create_task(consume(queue))
            await asyncio.sleep(0)
            emit("started")
            queue.put_nowait("one")
            queue.put_nowait("two")
            await queue.join()
            worker.cancel()
        asyncio.run(main())
        """,
    "queues that take the last or the least": """
        import queue
        from rec import emit
        last, least = queue.LifoQueue(), queue.PriorityQueue()
        for rank, name in [(3, "c"), (1, "a"), (2, "b")]:
            last.put(name)
            least.put((rank, name))
        while not last.empty():
            emit(last.get())
        while not least.empty():
            emit(least.get()[1])
        emit(least.qsize())
        try:
            least.get_nowait()
            emit("not reached")
        except queue.Empty:
            emit("empty")
        """,
    "threads run when they are waited for": """
        import threading
        from rec import emit
        class Worker(threading.Thread):
            def __init__(self, name):
                super().__init__(daemon=True)
                self.title = name
            def run(self):
                emit(self.title)
        def work(name, times=1):
            emit(name * times)
        one = threading.Thread(target=work, args=("a",), kwargs={"times": 2})
        one.start()
        one.join()
        two = Worker("worker")
        two.start()
        two.join()
        timer = threading.Timer(0.01, work, args=["timer"])
        timer.start()
        timer.join()
        lock = threading.Lock()
        with lock:
            emit("locked")
        """,
    "a thread empties a queue until it is told to stop": """
        import threading, queue
        from rec import emit
        jobs = queue.Queue()
        def work():
            while True:
                job = jobs.get()
                if job is None:
                    break
                emit(job)
        thread = threading.Thread(target=work)
        thread.start()
        for topic in ("a", "b", "c"):
            jobs.put(topic)
        jobs.put(None)
        thread.join()
        emit("stopped")
        """,
    "executors": """
        from concurrent.futures import ThreadPoolExecutor, as_completed
        import asyncio
        from rec import emit
        def work(name, end="!"):
            return name + end
        with ThreadPoolExecutor(max_workers=1) as pool:
            future = pool.submit(work, "a", end="?")
            emit(future.result())
            emit(list(pool.map(work, ["b", "c"])))
            for done in as_completed([pool.submit(work, "d")]):
                emit(done.result())
        async def main():
            loop = asyncio.get_running_loop()
            emit(await loop.run_in_executor(None, work, "e"))
            emit(await asyncio.to_thread(work, "f", end="."))
        asyncio.run(main())
        """,
    "a scheduler runs its events": """
        import sched, time
        from rec import emit
        plan = sched.scheduler(time.monotonic, time.sleep)
        plan.enter(0.001, 1, emit, argument=("one",))
        plan.enter(0.01, 1, emit, ("two",))
        plan.run()
        emit("over")
        """,
    "which functions are coroutine functions": """
        import asyncio, inspect
        from rec import emit
        async def a(): pass
        def b(): pass
        emit(asyncio.iscoroutinefunction(a), asyncio.iscoroutinefunction(b))
        """,
}


@pytest.mark.parametrize("program", ENDING.values(), ids=ENDING)
def test_same_as_python(program: str) -> None:
    """The machine emits what Python emits, in Python's order."""
    assert emitted(program) == really(program)


OWN = {
    "a waiting loop waits at its sleep": (
        """
        import asyncio
        from rec import emit
        async def tick():
            while True:
                emit("tick")
                await asyncio.sleep(1)
        async def main():
            asyncio.create_task(tick())
            emit("main")
            await asyncio.Event().wait()
            emit("never known")
        asyncio.run(main())
        """,
        ["main", "tick", "never known"],
    ),
    "what a task wrote is there after the wait": (
        """
        import threading, time
        from rec import emit
        state = {}
        threading.Thread(target=lambda: state.update(name="set")).start()
        time.sleep(1)
        emit(state["name"])
        """,
        ["set"],
    ),
    "a wait with a limit may have been for nothing": (
        """
        import threading
        from rec import emit
        stop = threading.Event()
        while not stop.wait(5):
            emit("round")
        emit("end")
        """,
        ["round", "end"],
    ),
    "a queue that nobody fills gives an unknown element at the end": (
        """
        import asyncio
        from rec import emit
        async def consume(queue):
            emit("start")
            emit(await queue.get())
        async def main():
            asyncio.create_task(consume(asyncio.Queue()))
            await asyncio.sleep(1)
            emit("end")
        asyncio.run(main())
        """,
        ["start", "end", "start", "<item>"],
    ),
    "a task keeps what was known where it was made": (
        """
        import asyncio, outside
        from rec import emit
        async def say(x):
            emit(x, y)
        if outside.flag():
            x, y = "a", 1
        else:
            x, y = "b", 2
        async def main():
            if x == "a":
                asyncio.create_task(say(x))
            await asyncio.sleep(1)
        asyncio.run(main())
        """,
        [("a", 1)],
    ),
    "jobs of schedulers": (
        """
        import schedule
        from apscheduler.schedulers.asyncio import AsyncIOScheduler
        from rec import emit
        schedule.every(10).seconds.do(emit, "seconds")
        schedule.every().day.at("10:30").do(emit, "day")
        plan = AsyncIOScheduler()
        plan.add_job(emit, "interval", seconds=3, args=["job"])
        @plan.scheduled_job("cron", hour=3)
        def nightly():
            emit("nightly")
        while True:
            schedule.run_pending()
            emit("round")
        """,
        ["seconds", "day", "job", "nightly", "round"],
    ),
    "nurseries": (
        """
        import anyio, trio
        from rec import emit
        async def work(name):
            emit(name)
        async def main():
            async with anyio.create_task_group() as group:
                group.start_soon(work, "a")
                emit("inside")
            async with trio.open_nursery() as nursery:
                nursery.start_soon(work, "b")
            send, receive = anyio.create_memory_object_stream(10)
            await send.send("c")
            async for value in receive:
                emit(value)
        anyio.run(main)
        """,
        ["inside", "a", "b", "c"],
    ),
    "the end: what was registered last comes first, signals behind": (
        """
        import atexit, signal, time
        from rec import emit
        def stop(number, frame):
            emit("signal")
        signal.signal(signal.SIGTERM, stop)
        atexit.register(emit, "first")
        @atexit.register
        def last():
            emit("last")
        signal.pause()
        emit("main")
        """,
        ["main", "last", "first", "signal"],
    ),
    "elements that may be in a queue are handed out together": (
        """
        import queue, outside
        from rec import emit
        jobs = queue.Queue()
        if outside.flag():
            jobs.put(("a", 1))
        else:
            jobs.put(("b", 2))
        if outside.flag():
            jobs.put(("c", 3))
        emit(jobs.get())
        """,
        ["('a', 1) | ('b', 2) | ('c', 3)"],
    ),
    "a loop that feeds its own queue is not run for ever": (
        """
        import queue
        from rec import emit
        jobs = queue.Queue()
        jobs.put("x")
        while True:
            jobs.put(jobs.get())
        """,
        [],
    ),
}


@pytest.mark.parametrize(("program", "expected"), OWN.values(), ids=OWN)
def test_beside(program: str, expected: list[object]) -> None:
    """What only the machine can say, in order; what further rounds of an open loop say again counts once."""
    assert [value for value, _ in groupby(emitted(program))] == expected
