"""An app that cannot be served: a sentence that says why, and exit code 1."""

from pathlib import Path

import pytest

from tests.host.conftest import APPS, HostEnded, HostMaker, HostProcess

_HEAD = "import azure.functions as func\nimport azure.durable_functions as df\napp = df.DFApp()\n"
_BAD = {
    "an import that is not there": ("import no_such_module\n", "No module named 'no_such_module'"),
    "no app": ("x = 1\n", "Could not find top level function app instances"),
    "a signature that does not fit": (
        _HEAD + "@app.activity_trigger(input_name='a')\ndef f(b: int) -> int:\n    return b\n",
        "cannot load the f function",
    ),
    "a reserved route": (
        _HEAD + "@app.route(route='admin/x')\ndef f(req: func.HttpRequest) -> str:\n    return ''\n",
        "function 'f' cannot be indexed: the route 'admin/x' begins with",
    ),
    "a reserved name without a route": (
        _HEAD + "@app.route()\ndef runtime_x(req: func.HttpRequest) -> str:\n    return ''\n",
        "function 'runtime_x' cannot be indexed",
    ),
    "a missing setting": (
        _HEAD + "@app.timer_trigger(arg_name='t', schedule='%NOT_SET%')\ndef f(t: func.TimerRequest) -> None: ...\n",
        "function 'f' cannot be indexed: '%NOT_SET%' names the application setting NOT_SET, which is not set",
    ),
    "a bad schedule": (
        _HEAD + "@app.timer_trigger(arg_name='t', schedule='0 0 25 * * *')\ndef f(t: func.TimerRequest) -> None: ...\n",
        "function 'f' cannot be indexed: '25' is no hour field",
    ),
    "a trigger of another kind": (
        _HEAD
        + "@app.queue_trigger(arg_name='m', queue_name='q', connection='')\ndef f(m: func.QueueMessage) -> None: ...\n",
        "function 'f' cannot be indexed: this host serves no queueTrigger",
    ),
}


@pytest.mark.parametrize("case", _BAD)
async def test_what_is_wrong_is_said_and_the_exit_code_is_1(host_of: HostMaker, case: str, tmp_path: Path) -> None:
    code, complaint = _BAD[case]
    app = tmp_path / "app"
    app.mkdir()
    (app / "host.json").write_text('{"version": "2.0"}')
    (app / "function_app.py").write_text(code)
    with pytest.raises(HostEnded) as ended:
        await host_of(app, tmp_path / "data").start()
    assert ended.value.code == 1
    assert complaint in ended.value.errors


async def test_a_hub_name_that_needs_a_missing_setting_is_refused(host_of: HostMaker, tmp_path: Path) -> None:
    host = host_of(APPS / "durable", tmp_path / "data")
    del host._env["TASK_HUB_NAME"]
    with pytest.raises(HostEnded, match="TASK_HUB_NAME"):
        await host.start()


async def test_a_directory_without_an_app_is_refused(host_of: HostMaker, tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{}")
    with pytest.raises(HostEnded, match=r"holds no function_app\.py"):
        await host_of(tmp_path, tmp_path / "data").start()


async def test_a_taken_port_is_said(host_of: HostMaker, durable: HostProcess, tmp_path: Path) -> None:
    second = host_of(APPS / "durable", tmp_path / "data", "--port", durable.url.rsplit(":", 1)[1])
    with pytest.raises(HostEnded, match="is taken"):
        await second.start()
