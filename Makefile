# Everything is in dev.py; `python3 dev.py --help` says what there is. Arguments: make play ARGS="--port 8080"
PYTHON ?= python3

.PHONY: play test lint bench networks environments fleet fuzz mutate build clean
play test lint bench networks environments fleet fuzz mutate build clean:
	@$(PYTHON) dev.py $@ $(ARGS)
