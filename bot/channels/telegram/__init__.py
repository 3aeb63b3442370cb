import sys

# httpx, which the library brings, loads a command line of its own with rich and pygments: 4 MiB.
# It does without where that cannot be imported.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
