# Two commands set everything up on a fresh machine: `make run` and `make test`.
# Needs Python 3.11 to 3.13 with its venv module; the rest comes from the hash-locked requirements.

# The first one that runs and is new enough: some of these names may only be wrappers without a Python behind.
USABLE := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(USABLE)' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps
UV_LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --upgrade

export PROVD_DATA_DIR ?= var

.PHONY: help venv dev plugins run test test-package lint format bench lock clean

help:
	@echo "make run     start the daemon: HTTP 8667, TFTP 6969, REST 127.0.0.1:8666, data in ./var"
	@echo "make test    run the test suite"
	@echo "make test-package   build the Debian package; install, upgrade and purge it in containers (root)"
	@echo "make lint, format, bench, venv, lock, clean"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 with its venv module is missing:" \
		"apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements.txt setup.cfg setup.py | $(BIN)/python
	@echo "Building $(VENV) ..."
	@$(INSTALL) --require-hashes --only-binary=:all: -r requirements.txt
	@$(INSTALL) --no-build-isolation -e .
	@ln -sf ../../provd/leases/hook.py $(BIN)/accent-provd-dhcp-hook
	@touch $@

$(VENV)/dev.done: requirements-dev.txt $(VENV)/run.done
	@echo "Adding the development tools to $(VENV) ..."
	@$(INSTALL) --require-hashes --only-binary=:all: -r requirements-dev.txt
	@touch $@

venv: $(VENV)/run.done

plugins: venv
	@$(BIN)/provd-cli plugin build plugins --output build/plugins > /dev/null

# Embedded defaults: no settings are read but those of PROVD_CONF_DIR and the other PROVD_ variables.
run: plugins
	@PROVD_TFTP_PORT=$${PROVD_TFTP_PORT:-6969} \
		exec $(BIN)/accent-provd --config-file=/dev/null --local-plugins=build/plugins --upgrade-plugins

dev: $(VENV)/dev.done

test: dev
	@$(BIN)/python -m pytest

# Needs root, debootstrap, systemd-container, lintian and what debian/control names; takes about five minutes, and at
# first some more for the containers, which it keeps in /var/cache/accent-provd-tests.
test-package: dev
	@$(BIN)/python -m pytest tests/package

# Needs wrk, tftpd-hpa, atftp and dnsmasq of Debian; takes about ten minutes.
bench: dev
	@$(BIN)/python -m tests.bench

lint: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# cyclone pins old versions of Twisted and pyOpenSSL in its metadata: overridden, see setup.cfg.
lock: dev
	@printf 'Twisted[tls]>=24.11\npyOpenSSL>=25\n' > $(VENV)/overrides.txt
	@printf 'setuptools>=75\ncyclone==1.3\n' > $(VENV)/extra.in
	@$(UV_LOCK) --override $(VENV)/overrides.txt setup.cfg $(VENV)/extra.in -o requirements.txt
	@$(UV_LOCK) --override $(VENV)/overrides.txt -c requirements.txt --extra dev setup.cfg $(VENV)/extra.in \
		-o requirements-dev.txt

clean:
	@rm -rf build $(VENV) *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
