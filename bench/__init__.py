"""The benchmark: what a backup costs beside its peers. `python -m bench` runs it and writes bench/results.json."""
