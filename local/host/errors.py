"""What stops the host, said so that the person at the terminal knows what to change."""


class HostError(Exception):
    """The host cannot start or go on; the message is printed and the exit code is 1."""


class IndexingFailed(HostError):
    """The app cannot be served: every problem found, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
